package dev.crossfade.internal.view;

import dev.crossfade.spi.Platform;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How long the service's units of work have taken, while somebody wants to know: nobody looks at the clock otherwise. Safe for
 * use by many threads.
 */
public final class WriteTimes {
    /** Each power of two nanoseconds is parted into so many: a time is known to an eighth of itself or better. */
    private static final int PARTS = 8;

    private static final int PART_BITS = 3;

    private final Platform platform;
    private final AtomicInteger listeners = new AtomicInteger();
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicLongArray counts = new AtomicLongArray(Long.SIZE * PARTS);

    public WriteTimes(Platform platform) {
        this.platform = platform;
    }

    /** From now on times are noted, until {@link #leave}. */
    public void listen() {
        listeners.incrementAndGet();
    }

    public void leave() {
        listeners.decrementAndGet();
    }

    /** The time now if somebody wants to know it, else 0. */
    public long begin() {
        if (listeners.get() == 0) {
            return 0;
        }
        underWay.incrementAndGet();
        long now = platform.nanoTime();
        return now == 0 ? 1 : now;
    }

    /** Ends what {@link #begin} began. */
    public void end(long began) {
        if (began != 0) {
            underWay.decrementAndGet();
            counts.incrementAndGet(part(Math.max(PARTS, platform.nanoTime() - began)));
        }
    }

    /** Whether a unit of work has begun since somebody listens, and has not ended. */
    public boolean isAnyUnderWay() {
        return underWay.get() > 0;
    }

    private static int part(long nanos) {
        int power = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos);
        return power * PARTS + (int) (nanos >>> (power - PART_BITS)) - PARTS;
    }

    private static double from(int part) {
        return Math.scalb(1.0 + (part % PARTS) / (double) PARTS, part / PARTS);
    }

    /** What has been noted so far, to be compared with later. */
    public Seen look() {
        long[] seen = new long[counts.length()];
        for (int part = 0; part < seen.length; part++) {
            seen[part] = counts.get(part);
        }
        return new Seen(seen);
    }

    /** What was noted up to some moment. Immutable. */
    public static final class Seen {
        private final long[] counts;

        private Seen(long[] counts) {
            this.counts = counts;
        }

        /** How many units of work have ended since then. */
        public long since(Seen before) {
            long sum = 0;
            for (int part = 0; part < counts.length; part++) {
                sum += counts[part] - before.counts[part];
            }
            return sum;
        }

        /** The nanoseconds that this share of those that have ended since then took at most; 0 if there are none. */
        public double quantileSince(Seen before, double share) {
            double left = share * since(before);
            for (int part = 0; part < counts.length; part++) {
                long here = counts[part] - before.counts[part];
                if (here > 0 && left <= here) {
                    return from(part) + left / here * (from(part + 1) - from(part));
                }
                left -= here;
            }
            return 0;
        }
    }
}
