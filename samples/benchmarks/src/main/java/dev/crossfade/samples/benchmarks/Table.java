package dev.crossfade.samples.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/** The results of all rounds as a table: medians, and what a contestant costs above its baseline in the same round. */
final class Table {
    private static final String HEAD = """
            | contestant | ns/op | above baseline | × baseline | B/op | wall ns/op | ns/op, 2 threads | 2 threads : 1 |
            |---|---:|---:|---:|---:|---:|---:|---:|
            """;

    private final Map<Contestant, Map<Integer, List<Measured>>> contestants = new LinkedHashMap<>();

    private record Contestant(String group, String name, String parameter) {

        static Contestant of(RunResult result) {
            String[] path = result.getParams().getBenchmark().split("\\.", -1);
            String parameter = result.getParams().getParamsKeys().stream()
                    .map(result.getParams()::getParam)
                    .collect(Collectors.joining(", "));
            return new Contestant(path[path.length - 2], path[path.length - 1], parameter);
        }

        /** What this one is measured against, or {@code null}. */
        @Nullable
        Contestant baseline() {
            Contestant baseline = switch (group) {
                case "ReadsByHand", "Crossfade" -> new Contestant("ReadsByHand", "direct", "");
                case "Writes" -> new Contestant("Writes", "directWrite", "");
                case "Comparing" -> new Contestant("Comparing", "equals", parameter);
                default -> this;
            };
            return baseline.equals(this) ? null : baseline;
        }

        @Override
        public String toString() {
            return parameter.isEmpty() ? name : name + ", " + parameter;
        }
    }

    /**
     * One contestant in one round.
     *
     * @param nanos processor time of a call
     * @param wall  wall time of a call in nanoseconds
     * @param bytes allocated by a call
     */
    private record Measured(double nanos, double wall, double bytes) {

        static Measured of(RunResult result) {
            return new Measured(
                    secondary(result, CpuTime.LABEL),
                    result.getPrimaryResult().getScore(),
                    secondary(result, "gc.alloc.rate.norm"));
        }

        private static double secondary(RunResult result, String label) {
            Result<?> found = result.getSecondaryResults().get(label);
            return found == null ? 0 : found.getScore();
        }
    }

    /** A table of these results, one collection for each round. */
    Table(List<? extends Collection<RunResult>> rounds) {
        for (Collection<RunResult> round : rounds) {
            for (RunResult result : round) {
                contestants
                        .computeIfAbsent(Contestant.of(result), contestant -> new LinkedHashMap<>())
                        .computeIfAbsent(result.getParams().getThreads(), threads -> new ArrayList<>())
                        .add(Measured.of(result));
            }
        }
    }

    String markdown() {
        return HEAD + contestants.keySet().stream().map(this::row).collect(Collectors.joining());
    }

    private String row(Contestant contestant) {
        List<Measured> one = measured(contestant, 1);
        List<Measured> two = measured(contestant, 2);
        List<Measured> baseline = measured(contestant.baseline(), 1);
        return "| %s | %s | %s | %s | %s | %s | %s | %s |%n"
                .formatted(
                        contestant,
                        median("%.1f", one, Measured::nanos),
                        median("%.1f", one, baseline, (own, other) -> own - other),
                        median("%.1f", one, baseline, (own, other) -> own / other),
                        median("%.0f", one, Measured::bytes),
                        median("%.1f", one, Measured::wall),
                        median("%.1f", two, Measured::nanos),
                        median("%.2f", two, one, (own, other) -> own / other));
    }

    private List<Measured> measured(@Nullable Contestant contestant, int threads) {
        return contestant == null
                ? List.of()
                : contestants.getOrDefault(contestant, Map.of()).getOrDefault(threads, List.of());
    }

    private static String median(String format, List<Measured> rounds, ToDoubleFunction<Measured> value) {
        return median(format, rounds.stream().mapToDouble(value).toArray());
    }

    /** The median over what each round says, so that a noisy round spoils itself only. */
    private static String median(
            String format, List<Measured> rounds, List<Measured> others, DoubleBinaryOperator comparison) {
        double[] values = new double[Math.min(rounds.size(), others.size())];
        Arrays.setAll(
                values,
                round -> comparison.applyAsDouble(
                        rounds.get(round).nanos(), others.get(round).nanos()));
        return median(format, values);
    }

    private static String median(String format, double[] values) {
        if (values.length == 0) {
            return "";
        }
        Arrays.sort(values);
        return String.format(Locale.ROOT, format, (values[(values.length - 1) / 2] + values[values.length / 2]) / 2);
    }
}
