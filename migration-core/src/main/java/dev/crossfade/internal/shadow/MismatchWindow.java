package dev.crossfade.internal.shadow;

import dev.crossfade.MigrationStatus.MismatchRate;
import dev.crossfade.spi.Platform;
import java.time.Duration;

/**
 * How often compared reads differed lately. A ring of slices; the oldest falls out as time goes on.
 *
 * <p>The upper bound is that of Wilson's score interval at 95 % (E. B. Wilson, "Probable Inference, the Law of
 * Succession, and Statistical Inference", JASA 22, 1927): 0 of 12 is no evidence of 0.
 */
final class MismatchWindow {
    private static final int SLICES = 10;
    private static final double Z = 1.959964;

    private final Platform platform;
    private final long sliceNanos;
    private final int minimumSample;
    private final long began;

    /** Guarded by {@code this}. */
    private final long[] compared = new long[SLICES];

    /** Guarded by {@code this}. */
    private final long[] mismatched = new long[SLICES];

    /** Guarded by {@code this}. */
    private long slice;

    MismatchWindow(Platform platform, Duration window, int minimumSample) {
        this.platform = platform;
        this.sliceNanos = window.toNanos() / SLICES;
        this.minimumSample = minimumSample;
        this.began = platform.nanoTime();
    }

    synchronized void add(boolean mismatch) {
        advance();
        int at = (int) (slice % SLICES);
        compared[at]++;
        mismatched[at] += mismatch ? 1 : 0;
    }

    synchronized MismatchRate rate() {
        advance();
        long total = 0;
        long wrong = 0;
        for (int i = 0; i < SLICES; i++) {
            total += compared[i];
            wrong += mismatched[i];
        }
        return new MismatchRate(total, wrong, upperBound(wrong, total), total >= minimumSample);
    }

    private void advance() {
        long now = (platform.nanoTime() - began) / sliceNanos;
        for (long next = Math.max(slice + 1, now - SLICES + 1); next <= now; next++) {
            compared[(int) (next % SLICES)] = 0;
            mismatched[(int) (next % SLICES)] = 0;
        }
        slice = Math.max(slice, now);
    }

    static double upperBound(long wrong, long total) {
        if (total == 0) {
            return 1;
        }
        double n = total;
        double p = wrong / n;
        double z2 = Z * Z;
        double centre = p + z2 / (2 * n);
        double spread = Z * Math.sqrt(p * (1 - p) / n + z2 / (4 * n * n));
        return Math.min(1, (centre + spread) / (1 + z2 / n));
    }
}
