package dev.crossfade.internal.view;

/** How much of one entity the new side holds. */
public final class Coverage {
    /** Written under {@code this}. */
    private volatile boolean copied;

    /** Written under {@code this}. */
    private volatile boolean tracked = true;

    /** How often tracking was lost or begun anew. Guarded by {@code this}. */
    private long losses;

    /** Whether every key that existed before the dual write began has crossed. */
    public boolean isCopied() {
        return copied;
    }

    /** Whether every write since has left its key in the ledger. */
    public boolean isTracked() {
        return tracked;
    }

    /** The dual write begins: nothing has crossed yet. What an earlier dual write left behind stays untracked. */
    public synchronized void begin() {
        copied = false;
        losses++;
    }

    /** What a copy that begins now hands to {@link #copied}. */
    public synchronized long losses() {
        return losses;
    }

    /** A copy has ended; false if tracking was lost since it began, and then it proves nothing. */
    public synchronized boolean copied(long lossesBefore) {
        if (losses != lossesBefore) {
            return false;
        }
        tracked = true;
        copied = true;
        return true;
    }

    /** A write may have left no key in the ledger. */
    public synchronized void lostTrack() {
        tracked = false;
        copied = false;
        losses++;
    }
}
