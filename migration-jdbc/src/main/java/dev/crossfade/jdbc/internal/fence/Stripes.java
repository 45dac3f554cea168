package dev.crossfade.jdbc.internal.fence;

/** Which of the fence's rows a thread locks: threads spread over them, each keeps its own. */
public final class Stripes {
    private Stripes() {}

    /** The stripe of the calling thread. */
    public static int ofThisThread() {
        return (int) Thread.currentThread().getId() & 0xF;
    }
}
