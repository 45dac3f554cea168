package dev.crossfade.internal.write;

/** The primary could not be read; that says nothing about the secondary. */
final class PrimaryFailed extends Exception {
    private final transient Throwable failure;

    PrimaryFailed(Throwable failure) {
        super(null, null, false, false);
        this.failure = failure;
    }

    /** What the store has thrown, be it wrapped in this or not. */
    static Throwable causeOf(Throwable thrown) {
        return thrown instanceof PrimaryFailed failed ? failed.failure : thrown;
    }
}
