package dev.crossfade.internal.shadow;

import dev.crossfade.spi.ContextCarrier;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * How shadow reads are made.
 *
 * @param threads          threads of the lane, 1 to 64
 * @param queue            shadow reads that may wait, 1 to 100 000
 * @param deadline         from the caller's answer to the end of the shadow read
 * @param window           over how long the mismatch rate is taken
 * @param minimumSample    comparisons below which nothing is concluded
 * @param alarmRate        share of mismatches above which the alarm is raised, 0 to 1
 * @param trustedArguments classes whose instances may be kept though they are not known to be immutable
 * @param carriers         what is carried from the caller's thread
 */
public record ShadowSettings(
        int threads,
        int queue,
        Duration deadline,
        Duration window,
        int minimumSample,
        double alarmRate,
        Set<Class<?>> trustedArguments,
        List<ContextCarrier> carriers) {
    public static final int DEFAULT_THREADS = 2;
    public static final int DEFAULT_QUEUE = 1_000;
    public static final Duration DEFAULT_DEADLINE = Duration.ofMillis(200);
    public static final Duration DEFAULT_WINDOW = Duration.ofMinutes(5);
    public static final int DEFAULT_MINIMUM_SAMPLE = 100;
    public static final double DEFAULT_ALARM_RATE = 0;

    public ShadowSettings {
        Objects.requireNonNull(deadline, "deadline");
        Objects.requireNonNull(window, "window");
        trustedArguments = Set.copyOf(trustedArguments);
        carriers = List.copyOf(carriers);
        require(threads >= 1 && threads <= 64, "threads is " + threads + "; choose 1 to 64 (default 2)");
        require(queue >= 1 && queue <= 100_000, "queue is " + queue + "; choose 1 to 100 000 (default 1 000)");
        require(!deadline.isNegative() && !deadline.isZero(), "deadline is " + deadline + "; choose more than zero");
        require(window.toSeconds() >= 1, "window is " + window + "; choose one second or more (default 5 minutes)");
        require(minimumSample >= 1, "minimumSample is " + minimumSample + "; choose 1 or more (default 100)");
        require(alarmRate >= 0 && alarmRate <= 1, "alarmRate is " + alarmRate + "; choose 0 to 1 (default 0)");
    }

    private static void require(boolean condition, String mistake) {
        if (!condition) {
            throw new IllegalArgumentException("Shadow read " + mistake);
        }
    }
}
