package dev.crossfade.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.compare.Comparison.Match;
import dev.crossfade.compare.Comparison.Mismatch;
import dev.crossfade.compare.Comparison.Reason;
import dev.crossfade.compare.Comparison.Skipped;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Short words for the tests of comparisons. */
final class CompareAssert {

    private CompareAssert() {}

    static ComparisonEngine engine(UnaryOperator<ComparisonRules.Builder> rules) {
        return ComparisonEngine.of(rules.apply(ComparisonRules.builder()).build());
    }

    static ComparisonEngine plainEngine() {
        return engine(rules -> rules);
    }

    static Comparison compare(@Nullable Object primary, @Nullable Object secondary) {
        return plainEngine().compare(primary, secondary);
    }

    /** The differences as {@code path KIND}; empty for a match. */
    static List<String> differences(Comparison comparison) {
        if (comparison instanceof Mismatch mismatch) {
            return mismatch.differences().stream()
                    .map(difference -> difference.path() + " " + difference.kind())
                    .toList();
        }
        assertThat(comparison).isEqualTo(new Match());
        return List.of();
    }

    static void assertSkipped(Comparison comparison, Reason reason) {
        assertThat(comparison).isEqualTo(new Skipped(reason));
    }

    static void assertMatch(Comparison comparison) {
        assertThat(comparison).isEqualTo(new Match());
    }
}
