package dev.crossfade.samples.quickstart.traffic;

import java.time.Duration;
import java.util.Objects;

/**
 * How much traffic there is.
 *
 * @param threads             1 or more
 * @param operationsPerSecond of all threads together, 1 or more; about four in ten write
 * @param attempts            how often an operation is tried if its failure is retryable, 1 or more
 * @param pauseBeforeRetry    between attempts, times the number of the attempt
 * @param seed                decides who does what; the interleaving of threads stays open
 */
public record TrafficSettings(
        int threads, int operationsPerSecond, int attempts, Duration pauseBeforeRetry, long seed) {
    private static final int THREADS = 4;
    private static final int OPERATIONS_PER_SECOND = 200;

    /**
     * What one instance of the service gets to do.
     *
     * @param part which instance it is
     * @param run  how often it was started before; another start makes other orders
     */
    public static TrafficSettings ofInstance(int part, int run) {
        return new TrafficSettings(THREADS, OPERATIONS_PER_SECOND, 5, Duration.ofMillis(20), 42 + 1_000 * part + run);
    }

    public TrafficSettings {
        requirePositive("threads", threads);
        requirePositive("operationsPerSecond", operationsPerSecond);
        requirePositive("attempts", attempts);
        Objects.requireNonNull(pauseBeforeRetry, "pauseBeforeRetry");
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("Traffic " + name + " is " + value + "; choose 1 or more");
        }
    }
}
