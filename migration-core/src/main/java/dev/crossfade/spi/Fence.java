package dev.crossfade.spi;

import dev.crossfade.Operator;
import dev.crossfade.PhaseMovedException;
import dev.crossfade.control.Stage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Says which side is primary, at which epoch, and keeps that true while a write or a refresh is under way.
 *
 * <p>All methods may be called by any thread. Every change is a compare-and-set on the view that the caller has seen.
 */
public interface Fence {

    /** What the fence said last; one volatile read. */
    FenceView view();

    /** Has the action run after every change of the view, on the thread that made the change. */
    void onChange(Runnable action);

    /**
     * Says where the migration stands if the fence does not know; false if it knows already, and then nothing changes.
     */
    boolean begin(Stage stage);

    /**
     * Holds the primary in place for a write, shared with other writes, until the hold is released.
     *
     * @param maxWait how long to wait while the primary is about to move
     * @throws PhaseMovedException if no write may begin within that time; nothing was held
     */
    Hold enter(Duration maxWait) throws InterruptedException;

    /**
     * Holds the secondary in its role for a refresh that began at this epoch; empty if the epoch has passed or the
     * roles are about to change. Never waits.
     */
    Optional<Hold> enterSecondary(long epoch);

    /**
     * Stops new writes and waits for those under way.
     *
     * @param seen     the open view that the caller decided on
     * @param to       the stage that the caller wants to reach
     * @param operator who asked for it
     * @param timeout  how long to wait for writes under way
     * @return the draining view, one epoch on; empty if the view is no longer the one seen or if writes outlast the
     *         timeout, and then the fence is open as before
     */
    Optional<FenceView> close(FenceView seen, Stage to, Operator operator, Duration timeout)
            throws InterruptedException;

    /**
     * Opens a closed fence at another stage, after refreshes under way have ended.
     *
     * @param closed  the draining view that {@link #close} returned
     * @param to      the stage to open at
     * @param settled asked last, when neither a write nor a refresh is under way; false leaves the fence closed
     * @param timeout how long to wait for refreshes under way
     * @return the open view; empty if the fence is still closed or was reopened by someone else
     */
    Optional<FenceView> open(FenceView closed, Stage to, BooleanSupplier settled, Duration timeout)
            throws InterruptedException;

    /**
     * Gives up a move: opens the closed fence at the stage that it had, one epoch on. No-op if it is open already or if
     * the move can no longer be given up.
     */
    void reopen(FenceView closed, Operator operator);

    /**
     * What the fence itself has to say against a move, each with what to do; empty if nothing.
     *
     * @param seen the view that the caller has
     * @param to   a neighbour of its stage
     */
    List<String> objections(FenceView seen, Stage to, Operator operator);

    /** Notes that a wish of this revision is being tried; false if this or a later one was noted before. */
    boolean claimRevision(long revision);

    /**
     * Whether the fence is still where it was when a write that has failed began. Asks anew where the view may be late;
     * true if it cannot be asked.
     *
     * @param pinned the view of that write's hold, which is released
     */
    boolean isStill(FenceView pinned);

    /** How long ago the view was last known to be true; zero where it cannot be wrong. */
    Duration age();

    /**
     * Who keeps the fence from being closed, each in words for an operator; empty if it cannot be told.
     *
     * @param seen the open view
     */
    List<String> holders(FenceView seen);

    /** How many writes and refreshes are under way, for messages. */
    int held();

    /** A role held in place. Released once, by any thread. */
    interface Hold {
        /** The fence's view for as long as the hold lasts. */
        FenceView view();

        /** Lets go. */
        void release();
    }
}
