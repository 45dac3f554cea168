package dev.crossfade.simulator;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The last steps of a run, put into words only when somebody asks. */
final class Trace {
    private static final int KEPT = 400;

    private record Step(
            long number,
            long nanos,
            String actor,
            String what,
            @Nullable Object about) {}

    private final Deque<Step> steps = new ArrayDeque<>();

    void add(long number, long nanos, String actor, String what, @Nullable Object about) {
        if (steps.size() == KEPT) {
            steps.removeFirst();
        }
        steps.addLast(new Step(number, nanos, actor, what, about));
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Step step : steps) {
            text.append(String.format(
                    Locale.ROOT,
                    "%6d %10.3f ms  %-24s %s%s%n",
                    step.number(),
                    step.nanos() / 1e6,
                    step.actor(),
                    step.what(),
                    step.about() == null ? "" : " " + step.about()));
        }
        return text.toString();
    }
}
