package dev.crossfade.simulator;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Runs seeds one after the other. {@code -Dcrossfade.simulator.runs=100000} runs more of them, {@code
 * -Dcrossfade.simulator.seed=42} that one.
 */
final class Runs {
    private static final String PREFIX = "crossfade.simulator.";

    private Runs() {}

    /** What came of some seeds. */
    record Report(
            int seeds, long steps, long millis, @Nullable Throwable failure, String story) {
        @Override
        public String toString() {
            return seeds + " seeds, " + steps + " steps, " + millis + " ms"
                    + (failure == null ? "" : ", broke " + failure.getMessage());
        }
    }

    static int count(int standard) {
        return Integer.getInteger(PREFIX + "runs", standard);
    }

    /** Stops at the first seed that fails in any way. */
    static Report untilFailure(int seeds, Supplier<Mutant> mutants) throws InterruptedException {
        return until(failure -> true, seeds, mutants);
    }

    /** Stops at the first seed that breaks a promise. */
    static Report untilBroken(int seeds, Supplier<Mutant> mutants) throws InterruptedException {
        return until(failure -> failure instanceof Violation broken && broken.breaksPromise(), seeds, mutants);
    }

    private static Report until(Predicate<Throwable> end, int seeds, Supplier<Mutant> mutants)
            throws InterruptedException {
        // Thousands of failures are the point here; the checker judges, not the log.
        Logger log = (Logger) LoggerFactory.getLogger("dev.crossfade");
        Level before = log.getLevel();
        log.setLevel(Level.OFF);
        try {
            return run(end, seeds, mutants);
        } finally {
            log.setLevel(before);
        }
    }

    private static Report run(Predicate<Throwable> end, int seeds, Supplier<Mutant> mutants)
            throws InterruptedException {
        long began = System.nanoTime();
        long only = Long.getLong(PREFIX + "seed", 0);
        long first = only == 0 ? 1 : only;
        long last = only == 0 ? seeds : only;
        long steps = 0;
        for (long seed = first; seed <= last; seed++) {
            Simulation.Outcome outcome = Simulation.run(seed, mutants.get());
            steps += outcome.steps();
            if (outcome.failure() != null && end.test(outcome.failure())) {
                String story = outcome.story() + "\nSeed " + seed + " broke " + outcome.failure()
                        + "\nReplay it with -D" + PREFIX + "seed=" + seed;
                return report(seed - first + 1, steps, began, outcome.failure(), story);
            }
        }
        return report(last - first + 1, steps, began, null, "");
    }

    private static Report report(long seeds, long steps, long began, @Nullable Throwable failure, String story) {
        return new Report((int) seeds, steps, (System.nanoTime() - began) / 1_000_000, failure, story);
    }
}
