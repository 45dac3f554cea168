package dev.crossfade.internal.memory;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts holds without a lock. Threads count on stripes a cache line apart, so that they do not slow each other down;
 * the sum is exact once no new hold can begin.
 */
final class HoldCount {
    private static final int STRIPES = 32;
    private static final int SPACING = 16;

    private final AtomicLongArray counts = new AtomicLongArray(STRIPES * SPACING);

    /** Begins a hold; returns the stripe to end it on, from whichever thread. */
    int begin() {
        int stripe = ((int) Thread.currentThread().getId() & (STRIPES - 1)) * SPACING;
        counts.getAndIncrement(stripe);
        return stripe;
    }

    void end(int stripe) {
        counts.getAndDecrement(stripe);
    }

    long sum() {
        long sum = 0;
        for (int stripe = 0; stripe < STRIPES * SPACING; stripe += SPACING) {
            sum += counts.get(stripe);
        }
        return sum;
    }
}
