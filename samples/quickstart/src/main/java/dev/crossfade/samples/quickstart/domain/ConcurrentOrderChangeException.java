package dev.crossfade.samples.quickstart.domain;

/** Someone else changed or deleted the order while this change was made. Nothing was written; calling again is safe. */
public final class ConcurrentOrderChangeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ConcurrentOrderChangeException(long id) {
        super("Order " + id + " was changed or deleted by someone else meanwhile; nothing was written, call again");
    }
}
