package dev.crossfade.jdbc.checker;

import dev.crossfade.jdbc.checker.Finding.Kind;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the checker found.
 *
 * @param rows rows of the primary
 * @param acknowledged operations that were acknowledged; a run without any proves nothing
 */
public record Verdict(int rows, long acknowledged, List<Finding> findings) {
    private static final int SHOWN = 20;

    public boolean clean() {
        return findings.isEmpty();
    }

    public long count(Kind kind) {
        return findings.stream().filter(finding -> finding.kind() == kind).count();
    }

    @Override
    public String toString() {
        String counts = Stream.of(Kind.values())
                .map(kind -> count(kind) + " " + kind.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
        String summary = rows + " rows, " + acknowledged + " acknowledged operations: " + counts;
        return clean()
                ? summary
                : summary + "; the first "
                        + findings.stream().limit(SHOWN).map(Finding::toString).collect(Collectors.joining(", "));
    }
}
