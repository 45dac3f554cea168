package dev.crossfade.samples.benchmarks.jdbc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Values by contestant and round, told as medians and as medians of ratios within a round. */
public final class Results {
    private final Map<String, List<Double>> values = new LinkedHashMap<>();

    public void add(String contestant, double value) {
        values.computeIfAbsent(contestant, name -> new ArrayList<>()).add(value);
    }

    public String median(String format, String contestant) {
        return String.format(Locale.ROOT, format, median(of(contestant)));
    }

    /** The median over what each round says, so that a noisy round spoils itself only. */
    public String ratio(String contestant, String baseline) {
        List<Double> own = of(contestant);
        List<Double> other = of(baseline);
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < Math.min(own.size(), other.size()); round++) {
            ratios.add(own.get(round) / other.get(round));
        }
        return String.format(Locale.ROOT, "%.2f", median(ratios));
    }

    private List<Double> of(String contestant) {
        return Objects.requireNonNull(values.get(contestant), contestant);
    }

    private static double median(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted.length == 0 ? Double.NaN : (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
