package dev.crossfade.reconcile;

import dev.crossfade.run.Brake;
import dev.crossfade.run.RunState;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How the reconciliation of an entity stands that was begun last. Counts are of all instances; rate and brake are of this one.
 *
 * @param entity        the entity
 * @param state         the state; {@code VOID} if the generation was raised since
 * @param scope         what is compared; {@code null} before the first
 * @param counts        what was counted
 * @param verdict       what it says; {@code INCOMPLETE} until it ends, unless something differs
 * @param estimatedRows about how many rows there are; {@code null} if nobody knows or the scope is not full
 * @param rowsPerSecond lately, 0 or more
 * @param brake         what keeps this instance from beginning a page now
 * @param reason        why it failed; while it runs, why the last page of this instance did; {@code null} if neither did
 */
public record ReconciliationStatus(
        String entity,
        RunState state,
        @Nullable Scope scope,
        Counts counts,
        Verdict verdict,
        @Nullable Long estimatedRows,
        double rowsPerSecond,
        Brake brake,
        @Nullable String reason) {

    public ReconciliationStatus {
        Objects.requireNonNull(entity, "entity");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(counts, "counts");
        Objects.requireNonNull(verdict, "verdict");
        Objects.requireNonNull(brake, "brake");
    }

    /** How much of it is done, 0 to 100; {@code null} if nobody knows. */
    public @Nullable Double percent() {
        if (state == RunState.COMPLETED) {
            return 100.0;
        }
        return estimatedRows == null ? null : Math.min(100.0, 100.0 * counts.compared() / Math.max(1, estimatedRows));
    }
}
