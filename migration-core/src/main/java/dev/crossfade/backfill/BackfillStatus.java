package dev.crossfade.backfill;

import dev.crossfade.run.Brake;
import dev.crossfade.run.RunState;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a backfill stands. Counts are of all instances; rate and brake are of this one.
 *
 * @param entity        the entity
 * @param state         the state
 * @param rows          rows of the primary in pages that are verified
 * @param inserted      of them, rows that the secondary did not have
 * @param marked        keys that differed or stood on one side only after the write, and were left to the relay
 * @param refused       rows that the secondary refused or that could not be mapped; their keys are dirty, too
 * @param estimatedRows about how many rows there are; {@code null} if nobody knows
 * @param rowsPerSecond lately, 0 or more
 * @param brake         what keeps this instance from beginning a page now
 * @param openRanges    ranges of keys that are not verified yet
 * @param reason        why it failed; while it runs, why the last page of this instance did; {@code null} if neither did
 */
public record BackfillStatus(
        String entity,
        RunState state,
        long rows,
        long inserted,
        long marked,
        long refused,
        @Nullable Long estimatedRows,
        double rowsPerSecond,
        Brake brake,
        int openRanges,
        @Nullable String reason) {

    public BackfillStatus {
        Objects.requireNonNull(entity, "entity");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(brake, "brake");
    }

    /** How much of it is done, 0 to 100; {@code null} if nobody knows how many rows there are. */
    public @Nullable Double percent() {
        if (state == RunState.COMPLETED) {
            return 100.0;
        }
        return estimatedRows == null ? null : Math.min(100.0, 100.0 * rows / Math.max(1, estimatedRows));
    }

    /** How long it will take at the present rate; {@code null} if that cannot be told. */
    public @Nullable Duration remaining() {
        if (state.isEnd() || estimatedRows == null || rowsPerSecond <= 0) {
            return null;
        }
        return Duration.ofSeconds(Math.round(Math.max(0, estimatedRows - rows) / rowsPerSecond));
    }
}
