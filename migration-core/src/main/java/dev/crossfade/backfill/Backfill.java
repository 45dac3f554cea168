package dev.crossfade.backfill;

import dev.crossfade.MigrationException;
import dev.crossfade.Operator;
import dev.crossfade.run.RunLimits;
import java.time.Duration;

/**
 * Copies the rows of one repository that existed before the dual write began, while the service reads and writes.
 *
 * <p>A page of rows is read on the primary in the order of keys, what the secondary lacks is inserted, and then the whole
 * range of keys is read on <b>both</b> sides: every key that differs or stands on one side only is marked dirty and left to
 * the relay. The backfill is complete when ranges verified like this cover all keys there can be.
 *
 * <p>What is left to do stands in the new store's database (with both stores in memory: in this process). Every instance
 * that calls {@link #start} takes part; ranges of an instance that died go on elsewhere after 30 seconds. Safe for use by
 * many threads.
 */
public interface Backfill {

    /**
     * Begins the backfill, or takes part in the one that runs. One that was completed in this generation stays so; one
     * that was cancelled or has failed begins anew, and finds the rows that have crossed.
     *
     * @return this backfill
     * @throws MigrationException if the migration is not in {@code LEGACY_PRIMARY}, not started, or the new store does not
     *     answer; nothing was changed
     */
    Backfill start(Operator operator);

    /** Lets no page begin on any instance, until {@link #resume}; pages under way end. False if it is not running. */
    boolean pause(Operator operator);

    /** Goes on after {@link #pause}. False if it is not paused. */
    boolean resume(Operator operator);

    /** Ends it on every instance, after the pages under way; rows that have crossed stay. False if it has ended. */
    boolean cancel(Operator operator);

    /** How many rows the new store may refuse before a backfill fails, unless set otherwise. */
    long DEFAULT_MAX_REFUSED = 1_000;

    /**
     * With more rows than this that the new store refuses, as this instance sees it, the backfill fails; from the next page on.
     *
     * @param rows 0 or more (default {@value #DEFAULT_MAX_REFUSED})
     */
    void maxRefused(long rows);

    /** Changes the limits of this instance, from the next page on. */
    void limits(RunLimits changed);

    /** The limits of this instance. */
    RunLimits limits();

    /** How it stands; asks the new store's database, or says what that said last. */
    BackfillStatus status();

    /**
     * Waits until the backfill has ended, on whichever instance, and this one has done with it: its listeners
     * have been told. Not for use by a listener.
     *
     * @return how it stands then, or after the timeout
     */
    BackfillStatus awaitEnd(Duration timeout) throws InterruptedException;
}
