package dev.crossfade.internal.pages;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** Rows a second over the last while. */
public final class Rate {
    private static final Duration WINDOW = Duration.ofSeconds(30);

    private record Sample(long nanos, long rows) {}

    /** Guarded by {@code this}. */
    private final Deque<Sample> samples = new ArrayDeque<>();

    /** There are so many rows in all now. */
    public synchronized void seen(long nanos, long rows) {
        if (!samples.isEmpty() && samples.getLast().rows() > rows) {
            samples.clear();
        }
        samples.addLast(new Sample(nanos, rows));
        while (samples.size() > 2 && nanos - samples.getFirst().nanos() > WINDOW.toNanos()) {
            samples.removeFirst();
        }
    }

    public synchronized double perSecond() {
        if (samples.size() < 2) {
            return 0;
        }
        long nanos = samples.getLast().nanos() - samples.getFirst().nanos();
        return nanos <= 0 ? 0 : (samples.getLast().rows() - samples.getFirst().rows()) * 1e9 / nanos;
    }
}
