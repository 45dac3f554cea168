package dev.crossfade.internal.view;

/** How much of one entity the new side holds. */
public final class Coverage {
    private volatile boolean copied;
    private volatile boolean tracked = true;

    /** Whether every key that existed before the dual write began has crossed. */
    public boolean isCopied() {
        return copied;
    }

    /** Whether every write since has left its key in the ledger. */
    public boolean isTracked() {
        return tracked;
    }

    /** Nothing has crossed yet, and tracking begins. */
    public void begin() {
        copied = false;
        tracked = true;
    }

    public void copied() {
        tracked = true;
        copied = true;
    }

    public void lostTrack() {
        tracked = false;
        copied = false;
    }
}
