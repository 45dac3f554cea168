package dev.crossfade.internal.write;

import dev.crossfade.spi.Platform;

/** Bounds how many rows of the secondary may be deleted only because a marked key was absent on the primary. */
final class DeleteCap {
    private static final long MINUTE_NANOS = 60_000_000_000L;

    private final Platform platform;
    private final int perMinute;

    /** Guarded by {@code this}. */
    private long minuteBegan;

    /** Guarded by {@code this}. */
    private int taken;

    /** Guarded by {@code this}. */
    private boolean refused;

    DeleteCap(Platform platform, int perMinute) {
        this.platform = platform;
        this.perMinute = perMinute;
        this.minuteBegan = platform.nanoTime();
    }

    int perMinute() {
        return perMinute;
    }

    synchronized boolean tryTake() {
        long now = platform.nanoTime();
        if (now - minuteBegan >= MINUTE_NANOS) {
            minuteBegan = now;
            taken = 0;
            refused = false;
        }
        if (taken >= perMinute) {
            return false;
        }
        taken++;
        return true;
    }

    /** Takes back what was taken for rows whose deletion was rolled back. */
    synchronized void giveBack(int rows) {
        taken = Math.max(0, taken - rows);
    }

    /** Whether nobody has asked this yet since the minute began. */
    synchronized boolean isFirstRefusal() {
        boolean first = !refused;
        refused = true;
        return first;
    }
}
