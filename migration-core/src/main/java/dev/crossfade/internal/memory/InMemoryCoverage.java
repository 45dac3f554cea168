package dev.crossfade.internal.memory;

import dev.crossfade.Operator;
import dev.crossfade.spi.Coverage;

/** What one process knows of an entity's coverage. */
final class InMemoryCoverage implements Coverage {
    /** Written under {@code this}. */
    private volatile boolean copied;

    /** Written under {@code this}. */
    private volatile boolean tracked = true;

    /** How often tracking was lost or begun anew. Guarded by {@code this}. */
    private long losses;

    @Override
    public boolean isCopied() {
        return copied;
    }

    @Override
    public boolean isTracked() {
        return tracked;
    }

    @Override
    public synchronized void begin() {
        copied = false;
        losses++;
    }

    @Override
    public synchronized long losses() {
        return losses;
    }

    @Override
    public synchronized boolean copied(long lossesBefore, Operator operator) {
        if (losses != lossesBefore) {
            return false;
        }
        tracked = true;
        copied = true;
        return true;
    }

    @Override
    public synchronized void lostTrack() {
        tracked = false;
        copied = false;
        losses++;
    }
}
