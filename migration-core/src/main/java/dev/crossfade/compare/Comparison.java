package dev.crossfade.compare;

import dev.crossfade.spi.FailureSummary;
import java.util.List;
import java.util.Objects;

/**
 * What came of comparing one result of the primary with that of the secondary. Lag and failures are outcomes of their
 * own; only {@link Mismatch} says that the stores differ.
 *
 * <p>No outcome holds a row value or an exception, save values of fields that were allowed by name. Outcomes never
 * change and are safe for use by many threads.
 */
public sealed interface Comparison {

    /** Both results are equal under the rules. */
    record Match() implements Comparison {}

    /**
     * The results differ.
     *
     * @param differences at least one, distinct; as many as {@link ComparisonRules.Builder#maxDifferences} allows mean
     *                    that there may be more
     */
    record Mismatch(List<FieldDifference> differences) implements Comparison {
        public Mismatch {
            differences = List.copyOf(differences);
            if (differences.isEmpty()) {
                throw new IllegalArgumentException("A mismatch names at least one difference");
            }
        }
    }

    /** The results differ, but a write to one of the keys had not reached the secondary yet: no evidence either way. */
    record Lagging() implements Comparison {}

    /** The primary failed, so that there was nothing to compare with. */
    record PrimaryFailed(FailureSummary failure) implements Comparison {
        public PrimaryFailed {
            Objects.requireNonNull(failure, "failure");
        }
    }

    /** The secondary failed where the primary answered. */
    record SecondaryFailed(FailureSummary failure) implements Comparison {
        public SecondaryFailed {
            Objects.requireNonNull(failure, "failure");
        }
    }

    /** Nothing is known: the comparison was not made, or not to its end. */
    record Skipped(Reason reason) implements Comparison {
        public Skipped {
            Objects.requireNonNull(reason, "reason");
        }
    }

    /** Why a comparison was not made. */
    enum Reason {
        /** Not all old rows have crossed yet, so that a missing one says nothing. */
        NOT_COPIED,
        /** The lane of shadow reads was full; the newest was dropped. */
        QUEUE_FULL,
        /** The shadow read was not done within its deadline. */
        DEADLINE,
        /** The secondary fails so often that it is left alone for a while. */
        BREAKER_OPEN,
        /** A result is larger or deeper than the rules allow, so that it was not read to its end. */
        TOO_LARGE,
        /** The call's arguments cannot be kept for a second call. */
        UNSAFE_ARGUMENTS,
        /** A value has no state that could be compared, such as a stream, an iterator or a future. */
        NOT_COMPARABLE,
        /** An accessor, a comparator, a key function or an {@code equals} threw, or the comparison ran out of memory. */
        COMPARISON_FAILED,
        /** The migration is closed. */
        CLOSED
    }
}
