package dev.crossfade.spi;

import dev.crossfade.Operator;
import dev.crossfade.run.RunState;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is left to do of one entity's backfill, and who does it. Ranges that are not in the book any more are verified;
 * those in it and those verified cover all keys there can be.
 *
 * <p>Whoever works on a range holds a claim. A claim that was taken over counts no more: the takeover comes before the new
 * holder reads anything, so nothing that was read before it is ever written after it. For use by many threads and
 * instances. Methods without {@code throws} throw a {@link dev.crossfade.MigrationException} if the book cannot be reached.
 */
public interface BackfillBook {

    /**
     * How a backfill stands.
     *
     * @param generation of the fence in which it began
     * @param reason     why it failed; {@code null} unless it did
     */
    record Run(
            long generation,
            RunState state,
            long rows,
            long inserted,
            long marked,
            long refused,
            int openRanges,
            @Nullable String reason) {}

    /**
     * The right to work on a range.
     *
     * @param token raised by every holder
     */
    record Claim(String id, long token, long generation, KeyRange range) {}

    /** Writes rows in the secondary's transaction. */
    @FunctionalInterface
    interface Insert {
        /**
         * Inserts what is missing.
         *
         * @param known keys that the secondary's ledger knows: refreshed or deleted already, and not to be written
         * @return how many rows were inserted
         * @throws Throwable what the store throws
         */
        int run(Set<EntityKey> known) throws Throwable;
    }

    /** The backfill that was begun last; empty before the first. */
    Optional<Run> look();

    /**
     * Begins a backfill over all keys, unless one of this generation runs, is paused or completed.
     *
     * @param seen the fence, in {@code LEGACY_PRIMARY}
     * @return whether it began one; empty if the fence has moved on since
     */
    Optional<Boolean> begin(FenceView seen, Operator operator);

    /**
     * Changes the state from one of these.
     *
     * @return false if it was another one, or if ranges are still open that {@link RunState#COMPLETED} says are verified
     */
    boolean turn(long generation, List<RunState> from, RunState to, Operator operator, @Nullable String reason);

    /** Takes a range that nobody works on, or whose holder has not been heard of for long; empty if there is none. */
    Optional<Claim> claim(long generation);

    /**
     * Gives the rest of a range back for others to take.
     *
     * @param end the last key to keep
     * @return the claim on what was kept; empty if the claim was taken over
     */
    Optional<Claim> keep(Claim claim, EntityKey end);

    /**
     * Writes rows of a claimed range in one transaction of the secondary, which makes sure by itself that the claim was not
     * taken over and that the fence is still secondary, not beyond this epoch and in the claim's generation.
     *
     * @param epoch at which the rows were read
     * @param keys  the keys of the rows
     * @return how many were inserted; empty if claim or fence say no, and then nothing was written
     * @throws Throwable what the store throws; nothing was written
     */
    OptionalInt write(Claim claim, long epoch, Collection<EntityKey> keys, Insert insert) throws Throwable;

    /** Says that the claim is still worked on; false if it was taken over. */
    boolean renew(Claim claim);

    /** Notes that a row cannot be brought across; once for each key. */
    void refuse(Claim claim, EntityKey key, String reason);

    /** Strikes a range out: it is verified. False if the claim was taken over, and then nothing is noted. */
    boolean verified(Claim claim, long rows, long inserted, long marked);

    /** Lets a claim go; the range is free at once, as it was. */
    void release(Claim claim);
}
