package dev.crossfade.internal.read;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How reads treat the secondary.
 *
 * @param deadline             how long the secondary may take before the primary is asked; {@code null} leaves it to
 *                             the driver and calls the secondary on the caller's thread
 * @param threads              threads that call the secondary where there is a deadline
 * @param maxLag               with an older dirty key than this, the primary answers every read
 * @param staleReadsFromLegacy whether legacy answers in {@code NEW_PRIMARY} when the new store cannot be reached
 */
public record ReadSettings(@Nullable Duration deadline, int threads, Duration maxLag, boolean staleReadsFromLegacy) {
    public static final int DEFAULT_THREADS = 8;
    public static final Duration DEFAULT_MAX_LAG = Duration.ofSeconds(10);

    public ReadSettings {
        Objects.requireNonNull(maxLag, "maxLag");
        if (deadline != null && (deadline.isNegative() || deadline.isZero())) {
            throw new IllegalArgumentException("Read deadline is " + deadline + "; choose more than zero, or set none");
        }
        if (threads < 1 || threads > 256) {
            throw new IllegalArgumentException(
                    "Read threads is " + threads + "; choose 1 to 256 (default " + DEFAULT_THREADS + ")");
        }
        if (maxLag.isNegative() || maxLag.isZero()) {
            throw new IllegalArgumentException("Read maxLag is " + maxLag + "; choose more than zero (default 10 s)");
        }
    }
}
