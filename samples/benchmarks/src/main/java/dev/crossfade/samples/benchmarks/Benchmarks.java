package dev.crossfade.samples.benchmarks;

import dev.crossfade.samples.benchmarks.backfill.BackfillBenchmarks;
import dev.crossfade.samples.benchmarks.backfill.ReconciliationBenchmarks;
import dev.crossfade.samples.benchmarks.backfill.Volume;
import dev.crossfade.samples.benchmarks.jdbc.Effort;
import dev.crossfade.samples.benchmarks.jdbc.JdbcBenchmarks;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Measures all contestants and prints the table of README.md.
 *
 * <p>Every round starts each contestant once in a JVM of its own, one after the other, so that what else happens on the
 * machine falls on all of them. The table shows medians over the rounds, of ratios and differences within a round.
 */
public final class Benchmarks {
    private static final String WITH_TWO_THREADS = ".*(ReadsByHand|Crossfade|Writes)\\..*";
    private static final String WITH_ONE_THREAD = ".*\\.(ReadsByHand|Crossfade|Writes|Comparing|BuildingBlocks)\\..*";
    private static final TimeValue WARMUP = TimeValue.seconds(1);
    private static final TimeValue MEASUREMENT = TimeValue.milliseconds(500);

    private Benchmarks() {}

    /**
     * Measures.
     *
     * @param arguments how many rounds, a regular expression that the names of contestants contain, and how many rows a
     *                  backfill has; each optional
     */
    public static void main(String[] arguments) throws Exception {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5;
        String only = arguments.length > 1 ? arguments[1] : ".*";
        measureCalls(rounds, only);
        int rows = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 1_000_000;
        System.out.println(JdbcBenchmarks.run(Effort.ofRounds(rounds), Pattern.compile(only)));
        System.out.println(BackfillBenchmarks.run(new Volume(rounds, rows), Pattern.compile(only)));
        System.out.println(ReconciliationBenchmarks.run(new Volume(rounds, rows), Pattern.compile(only)));
    }

    private static void measureCalls(int rounds, String only) throws RunnerException {
        List<Collection<RunResult>> all = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            System.out.println("Round " + round + " of " + rounds);
            List<RunResult> results = new ArrayList<>();
            results.addAll(run(options(WITH_ONE_THREAD, only, 1)));
            results.addAll(run(options(WITH_TWO_THREADS, only, 2)));
            if (results.isEmpty()) {
                return;
            }
            all.add(results);
        }
        System.out.println(new Table(all).markdown());
    }

    private static Collection<RunResult> run(Options options) throws RunnerException {
        try {
            return new Runner(options).run();
        } catch (NoBenchmarksException noneIsAskedFor) {
            return List.of();
        }
    }

    private static Options options(String group, String only, int threads) {
        return new OptionsBuilder()
                .include("(?=" + group + ").*(" + only + ")")
                .mode(Mode.AverageTime)
                .threads(threads)
                .forks(1)
                .warmupIterations(3)
                .warmupTime(WARMUP)
                .measurementIterations(3)
                .measurementTime(MEASUREMENT)
                .addProfiler(GCProfiler.class)
                .addProfiler(CpuTime.class)
                .jvmArgsAppend("-Xms512m", "-Xmx512m")
                .verbosity(VerboseMode.SILENT)
                .build();
    }
}
