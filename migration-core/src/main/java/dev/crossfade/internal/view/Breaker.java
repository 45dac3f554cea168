package dev.crossfade.internal.view;

import dev.crossfade.spi.Platform;

/**
 * Keeps calls away from a store that does not answer: opens after some failures in a row, lets one probe through after
 * a pause, closes on the first success.
 *
 * <p>While closed, a call costs one volatile read. Safe for use by many threads.
 */
public final class Breaker {
    /** Failures in a row that open the breaker. */
    public static final int THRESHOLD = 5;

    /** How long an open breaker waits before it lets a probe through, in nanoseconds. */
    public static final long PAUSE_NANOS = 500_000_000L;

    private final Platform platform;

    /** Written under {@code this}. */
    private volatile int failures;

    /** Written under {@code this}. */
    private volatile boolean open;

    /** Guarded by {@code this}. */
    private long probeAt;

    public Breaker(Platform platform) {
        this.platform = platform;
    }

    /** Whether a call may be made now; an open breaker says yes to one caller per pause. */
    public boolean allows() {
        return !open || allowsProbe();
    }

    private synchronized boolean allowsProbe() {
        long now = platform.nanoTime();
        if (open && now - probeAt < 0) {
            return false;
        }
        probeAt = now + PAUSE_NANOS;
        return true;
    }

    public boolean isOpen() {
        return open;
    }

    /** A call was answered; returns whether that closed the breaker. */
    public boolean succeeded() {
        if (failures == 0) {
            return false;
        }
        synchronized (this) {
            failures = 0;
            boolean closed = open;
            open = false;
            return closed;
        }
    }

    /** A call was not answered; returns whether that opened the breaker. */
    public synchronized boolean failed() {
        failures = Math.min(failures + 1, THRESHOLD);
        if (failures < THRESHOLD) {
            return false;
        }
        probeAt = platform.nanoTime() + PAUSE_NANOS;
        boolean opened = !open;
        open = true;
        return opened;
    }

    /** Nanoseconds until a probe may be made, 0 if a call may be made now. */
    public synchronized long nanosUntilProbe() {
        return open ? Math.max(0, probeAt - platform.nanoTime()) : 0;
    }
}
