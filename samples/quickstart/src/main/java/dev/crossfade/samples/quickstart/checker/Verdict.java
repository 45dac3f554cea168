package dev.crossfade.samples.quickstart.checker;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What a check found.
 *
 * @param rowsOnLegacy orders read from the legacy database, 0 if it was not asked
 * @param rowsOnNew    orders read from the new database
 * @param expected     orders of which the last state was known
 * @param counts       how many findings of each kind
 * @param findings     the first {@value #MAX_FINDINGS} of them
 */
public record Verdict(
        long rowsOnLegacy, long rowsOnNew, long expected, Map<Finding.Kind, Long> counts, List<Finding> findings) {
    public static final int MAX_FINDINGS = 50;

    public Verdict {
        EnumMap<Finding.Kind, Long> copy = new EnumMap<>(Finding.Kind.class);
        copy.putAll(counts);
        counts = Map.copyOf(copy);
        findings = List.copyOf(findings);
    }

    public long count(Finding.Kind kind) {
        return counts.getOrDefault(kind, 0L);
    }

    /** Nothing lost, nothing different, nothing too many. */
    public boolean isClean() {
        return counts.values().stream().allMatch(count -> count == 0);
    }
}
