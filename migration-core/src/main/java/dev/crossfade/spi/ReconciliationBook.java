package dev.crossfade.spi;

import dev.crossfade.Operator;
import dev.crossfade.reconcile.Counts;
import dev.crossfade.reconcile.Scope;
import dev.crossfade.reconcile.Verdict;
import dev.crossfade.run.RunState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The reconciliations of one entity: one record each, kept for good, and how far the one is that has not ended. Whoever works
 * on it holds a claim; a claim that was taken over counts no more. For use by many threads and instances. Every method throws a
 * {@link dev.crossfade.MigrationException} if the book cannot be reached.
 */
public interface ReconciliationBook {

    /**
     * A reconciliation.
     *
     * @param id         names it
     * @param scope      what is compared; keys of a range as {@link EntityKey#key} has them
     * @param operator   who began it
     * @param generation of the fence in which it began
     * @param epoch      likewise
     * @param counts     what was counted up to its position
     * @param ended      when it ended; {@code null} if it has not
     * @param age        how long ago it began
     * @param sinceEnd   how long ago it ended; {@code null} if it has not
     * @param reason     why it failed; {@code null} unless it did
     */
    record Run(
            String id,
            Scope scope,
            String operator,
            long generation,
            long epoch,
            RunState state,
            Counts counts,
            Instant started,
            @Nullable Instant ended,
            Duration age,
            @Nullable Duration sinceEnd,
            @Nullable String reason) {
        public Run {
            Objects.requireNonNull(id, "id");
            Objects.requireNonNull(scope, "scope");
            Objects.requireNonNull(operator, "operator");
            Objects.requireNonNull(state, "state");
            Objects.requireNonNull(counts, "counts");
            Objects.requireNonNull(started, "started");
            Objects.requireNonNull(age, "age");
        }

        /** What it says. */
        public Verdict verdict() {
            return Verdict.of(state, counts);
        }
    }

    /**
     * The right to work on a run.
     *
     * @param token    raised by every holder
     * @param position the last key that was compared; {@code null} before the first
     */
    record Claim(String run, long token, @Nullable EntityKey position) {}

    /** The run that was begun last; empty before the first. */
    Optional<Run> look();

    /** The full run of this generation that was completed last; empty if there is none. */
    Optional<Run> lastFull(long generation);

    /**
     * Begins a run unless one of this generation has not ended; one of an older generation ends as {@code VOID}.
     *
     * @param seen         the fence, in a stage with dual write
     * @param unlessWithin begins none either if one of the same scope and generation that was completed began within this
     *                     time, or one that was not began within a tenth of it; {@code null} for any time
     * @return whether it began one; empty if the fence has moved on since
     */
    Optional<Boolean> begin(FenceView seen, Scope scope, Operator operator, @Nullable Duration unlessWithin);

    /** Changes the state from one of these; false if it was another. */
    boolean turn(String run, List<RunState> from, RunState to, Operator operator, @Nullable String reason);

    /**
     * Takes a run that nobody works on, or whose holder has not been heard of for long; empty if there is none. A run without a
     * position begins anew and counts from nothing.
     */
    Optional<Claim> claim(String run);

    /**
     * Notes how far a run is and adds to its counts.
     *
     * @param position the last key that was compared
     * @param isLast   whether that was all: a run that is running is completed then
     * @return the claim to go on with; empty if it was taken over or the run has ended, and then nothing is noted
     */
    Optional<Claim> advance(Claim claim, @Nullable EntityKey position, Counts more, boolean isLast);

    /** Says that the claim is still worked on; false if it was taken over or the run has ended. */
    boolean renew(Claim claim);

    /** Lets a claim go; the run is free at once. */
    void release(Claim claim);
}
