package dev.crossfade.internal.write;

import java.time.Duration;
import java.util.Objects;

/**
 * How the relay works.
 *
 * @param threads    threads that refresh, 1 to 64
 * @param batchSize  the most keys that a thread takes at once, 1 to 10 000
 * @param inlineWait how long a writer waits for its keys to be refreshed; zero for not at all
 */
public record RelaySettings(int threads, int batchSize, Duration inlineWait) {
    public static final int DEFAULT_THREADS = 2;
    public static final int DEFAULT_BATCH_SIZE = 500;
    public static final Duration DEFAULT_INLINE_WAIT = Duration.ofMillis(50);

    public RelaySettings {
        Objects.requireNonNull(inlineWait, "inlineWait");
        if (threads < 1 || threads > 64) {
            throw new IllegalArgumentException(
                    "Relay threads is " + threads + "; choose 1 to 64 (default " + DEFAULT_THREADS + ")");
        }
        if (batchSize < 1 || batchSize > 10_000) {
            throw new IllegalArgumentException(
                    "Relay batchSize is " + batchSize + "; choose 1 to 10 000 (default " + DEFAULT_BATCH_SIZE + ")");
        }
        if (inlineWait.isNegative()) {
            throw new IllegalArgumentException("Relay inlineWait is negative; choose zero or more (default 50 ms)");
        }
    }
}
