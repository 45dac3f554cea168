package dev.crossfade.reconcile;

import dev.crossfade.MigrationException;
import dev.crossfade.Operator;
import dev.crossfade.run.RunLimits;
import java.time.Duration;
import java.util.Optional;

/**
 * Compares both stores of one entity while the service reads and writes, in both directions of the dual write.
 *
 * <p>Pages of rows are read on both sides in the order of keys, or only their digests where the stores can compute them alike.
 * What differs there is a suspect: it is read again on both sides, and only what differs while the key is clean and its version
 * stays the same is a finding. Findings are kept among {@link dev.crossfade.Migration#discrepancies()}, which repairs them.
 *
 * <p>A run and its position stand in the new store's database (with both stores in memory: in this process), one row in {@code
 * crossfade_consistency_audit} each. One instance at a time compares; another one that has called {@link #start} goes on where
 * it was if it has not been heard of for 30 seconds. Safe for use by many threads.
 */
public interface Reconciliation {

    /**
     * Begins to compare, or takes part in the run that is under way, whatever its scope.
     *
     * @return this reconciliation
     * @throws MigrationException if the stage has no dual write, the migration is not started, a window's column is missing,
     *     does not suit its times or needs a backfill from table to table, the new store does not answer, or for a window
     *     either store; nothing was changed
     */
    Reconciliation start(Scope scope, Operator operator);

    /**
     * From now on begins to compare whenever the last completed run of this scope and generation began longer ago than this,
     * whichever instance began it; replaces an earlier schedule of this instance. Runs do not overlap. A schedule ends with the
     * migration.
     *
     * <p>A run that failed or was cancelled compared too little to count: the next one begins once a tenth of the interval has
     * passed since it began. {@link #endSchedule}, on every instance that has a schedule, keeps it from coming back.
     *
     * <p>A run begins later than that where another one is under way or no instance is up. With {@link Scope#writtenInTheLast}
     * choose a time that reaches well beyond the interval, so that nothing is left out then.
     *
     * @param interval more than zero
     * @throws IllegalArgumentException if the interval is not more than zero, or the scope reaches back less far than it
     * @throws MigrationException if the migration is not started, a window's column is missing, does not suit its times or
     *     needs a backfill from table to table, or a store does not say so; an earlier schedule goes on
     */
    Reconciliation every(Duration interval, Scope scope, Operator operator);

    /** Ends the schedule of this instance; a run under way goes on. */
    void endSchedule();

    /** Lets no page begin on any instance, until {@link #resume}. False if none is running. */
    boolean pause(Operator operator);

    /** Goes on where it was, after {@link #pause} or a failure. False if it is neither paused nor failed. */
    boolean resume(Operator operator);

    /** Ends it on every instance; findings stay. False if it has ended. */
    boolean cancel(Operator operator);

    /**
     * Changes the limits of this instance, from the next page on. With 1 thread the sides are read one after the other, with 2
     * or more the primary is read a page ahead; with 0 nothing is compared here.
     */
    void limits(RunLimits changed);

    /** The limits of this instance; unless changed, those of a backfill with 1 thread. */
    RunLimits limits();

    /** How it stands; asks the new store's database, or says what that said last. */
    ReconciliationStatus status();

    /**
     * Waits until the run has ended, on whichever instance, and this one has done with it: its listeners
     * have been told. Not for use by a listener.
     *
     * @return how it stands then, or after the timeout
     */
    ReconciliationStatus awaitEnd(Duration timeout) throws InterruptedException;

    /**
     * The run that was begun last, ended or not, with the findings of it that are open now; empty before the first.
     *
     * @throws MigrationException if a database does not answer
     */
    Optional<ReconciliationReport> report();

    /**
     * Has every row of the scope that the primary has refreshed from there, without comparing: marks the keys, in the present
     * epoch, and waits where the ledger has no room. What only the secondary has is left alone. For a window whose rows are
     * known to have suffered. Works on the caller's thread.
     *
     * @param scope a window, a range of keys, or full
     * @return how many keys were marked
     * @throws IllegalArgumentException if the scope is a sample or keys that were written; nothing was marked
     * @throws MigrationException if the stage has no dual write, the primary moves meanwhile, the window does not suit its
     *     column, or a store does not answer; some keys may be marked
     * @throws InterruptedException if interrupted; some keys may be marked
     */
    long resync(Scope scope, Operator operator) throws InterruptedException;
}
