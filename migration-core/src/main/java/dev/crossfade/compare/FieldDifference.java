package dev.crossfade.compare;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One difference between two results.
 *
 * @param path           where, in the words of the rules: {@code price}, {@code items[].price}, or {@code $} for the
 *                       result or entity as a whole. Field names on the primary (on the secondary, where only it has
 *                       the field) and {@code []} for any element or map value; never a key or an index
 * @param kind           how the values differ
 * @param primaryValue   the redacted value of the primary, or {@code null} unless the path was allowed by
 *                       {@link ComparisonRules.Builder#allowValues}
 * @param secondaryValue the redacted value of the secondary, or {@code null} likewise
 */
public record FieldDifference(
        String path,
        DifferenceClass kind,
        @Nullable String primaryValue,
        @Nullable String secondaryValue) {
    public FieldDifference {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(kind, "kind");
    }
}
