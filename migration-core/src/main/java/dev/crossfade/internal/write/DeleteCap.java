package dev.crossfade.internal.write;

import dev.crossfade.spi.Platform;

/** Bounds how many rows of the secondary may be deleted only because a marked key was absent on the primary. */
final class DeleteCap {
    /** Deletes per minute, unless set otherwise. */
    static final int DEFAULT_PER_MINUTE = 1_000;

    private static final long MINUTE_NANOS = 60_000_000_000L;

    private final Platform platform;
    private final int perMinute;

    /** Guarded by {@code this}. */
    private long minuteBegan;

    /** Guarded by {@code this}. */
    private int taken;

    DeleteCap(Platform platform, int perMinute) {
        this.platform = platform;
        this.perMinute = perMinute;
        this.minuteBegan = platform.nanoTime();
    }

    synchronized boolean tryTake() {
        long now = platform.nanoTime();
        if (now - minuteBegan >= MINUTE_NANOS) {
            minuteBegan = now;
            taken = 0;
        }
        if (taken >= perMinute) {
            return false;
        }
        taken++;
        return true;
    }
}
