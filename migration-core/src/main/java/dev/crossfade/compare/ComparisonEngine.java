package dev.crossfade.compare;

import dev.crossfade.compare.Comparison.Match;
import dev.crossfade.compare.Comparison.Mismatch;
import dev.crossfade.compare.Comparison.Reason;
import dev.crossfade.compare.Comparison.Skipped;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Compares a result of the primary with that of the secondary, field by field, under {@link ComparisonRules}.
 *
 * <p><b>What is a field.</b> Of a record its components; of any other class outside the JDK its public getters, and
 * every field that has none, except static and transient ones. Two classes are matched by field name. An entity's own
 * {@code equals} is not asked, for it often compares the id only; the exceptions are value types of the JDK and records
 * of such values whose {@code equals} the compiler wrote, where equality proves a match at the cost of {@code equals}.
 *
 * <p><b>What is equal.</b> Numbers of equal value, whatever type and scale; NaN equals NaN and -0.0 equals 0.0. A binary
 * fraction equals the decimal that it prints as. Times to the coarser precision of the two: a time without digits below
 * a millisecond or microsecond equals any that is the same when cut there. {@code Instant}, {@code OffsetDateTime},
 * {@code ZonedDateTime}, {@code Date} and {@code Timestamp} are compared as instants, whatever their offsets. An empty
 * {@code Optional} equals null, a full one its value. Texts are compared exactly, arrays as lists, sets by content,
 * maps by key. Values of different kinds (text and number, enum and name, instant and local time) differ in type.
 *
 * <p>Reading a lazy association may reach the database. An engine never changes and is safe for use by many threads.
 */
public final class ComparisonEngine {

    private static final Comparison MATCH = new Match();
    private static final Comparison COMPARISON_FAILED = new Skipped(Reason.COMPARISON_FAILED);

    private final ComparisonRules rules;
    private final Plans plans = new Plans();

    private ComparisonEngine(ComparisonRules rules) {
        this.rules = rules;
    }

    /** An engine that follows these rules. It keeps the classes it has compared loaded for as long as it lives. */
    public static ComparisonEngine of(ComparisonRules rules) {
        return new ComparisonEngine(Objects.requireNonNull(rules, "rules"));
    }

    /**
     * Compares two results on the calling thread.
     *
     * <p>Always returns and never throws: whatever an accessor, comparator or {@code equals} throws, errors such as
     * {@link StackOverflowError} and {@link OutOfMemoryError} included, becomes {@link Reason#COMPARISON_FAILED}. A
     * limit that is reached after a difference was found is a {@link Mismatch}, before it {@link Reason#TOO_LARGE}.
     *
     * @return {@link Match}, {@link Mismatch}, or {@link Skipped} for the reason {@link Reason#TOO_LARGE},
     *     {@link Reason#NOT_COMPARABLE} or {@link Reason#COMPARISON_FAILED}
     */
    public Comparison compare(@Nullable Object primary, @Nullable Object secondary) {
        try {
            Object x = Walk.unwrapped(primary);
            Object y = Walk.unwrapped(secondary);
            return isProvenEqual(x, y) ? MATCH : walk(x, y);
        } catch (Throwable foreignCode) {
            return COMPARISON_FAILED;
        }
    }

    /** The usual case, without any allocation. */
    private boolean isProvenEqual(@Nullable Object primary, @Nullable Object secondary) {
        return primary != null
                && secondary != null
                && rules.isEqualsTrusted(rules.root())
                && TrustedEquals.areProvenEqual(primary, secondary);
    }

    private Comparison walk(@Nullable Object primary, @Nullable Object secondary) {
        Findings findings = new Findings(rules.maxDifferences(), rules.redactor());
        try {
            new Walk(rules, plans, findings).compare(primary, secondary, rules.root());
        } catch (Stop stop) {
            if (findings.size() == 0) {
                return new Skipped(stop.reason());
            }
        }
        return findings.size() == 0 ? MATCH : new Mismatch(findings.all());
    }
}
