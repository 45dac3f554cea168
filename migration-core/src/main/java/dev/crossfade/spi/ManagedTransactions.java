package dev.crossfade.spi;

import dev.crossfade.Side;
import org.jspecify.annotations.Nullable;

/**
 * How a framework that opens and ends transactions itself holds them to a migration: for each of its transactions it begins a
 * unit of work here, opens the transaction on the side that the unit names, and tells the unit how it ended. What belongs to one
 * transaction happens on one thread.
 */
public interface ManagedTransactions {

    /** Whether the calling thread is in a unit of work, be it one that the framework began or not. */
    boolean isOpenHere();

    /**
     * Begins a unit of work on this thread, which has none. Side and stage stay the same to its end; unless it is read-only it
     * waits while the primary moves, holds it in place, and has every read of the thread go to the primary.
     *
     * @param readOnly its reads go where they would go without it, and writes are refused
     * @throws dev.crossfade.PhaseMovedException if the primary moves and no write could begin within the time
     * @throws dev.crossfade.MigrationException  unless it is read-only, if this thread has a transaction open on one of the
     *                                           stores, or the migration is closed
     */
    Managed begin(boolean readOnly);

    /**
     * The unit of work that the library itself has begun on this thread, and for which it now has the framework open a
     * transaction; {@code null} without one. It is told how that transaction ended before callbacks of the framework run: what
     * they write is no part of it. The library calls {@code beforeCommit} of it.
     */
    @Nullable
    Managed ofLibrary();

    /**
     * Takes the unit of work from this thread, if it is in one.
     *
     * @return to be run on the same thread, which is in no unit then: gives it back
     */
    Runnable suspend();

    /** A unit of work; exactly one of the methods that end it is called, once. */
    interface Managed {
        /** Where its transaction has to be opened. */
        Side side();

        /**
         * To be called in the transaction after everything else, right before COMMIT.
         *
         * @throws dev.crossfade.RetryableWriteException if the primary has moved, or the database gave way to another
         *     transaction; it must be rolled back
         * @throws Exception likewise
         */
        void beforeCommit() throws Exception;

        /** The transaction was committed, and its connection given back: waits for the secondary as long as writers do. */
        void committed();

        /** The transaction was rolled back. */
        void rolledBack();

        /** COMMIT was sent, and it is not known whether it was carried out. */
        void outcomeUnknown();
    }
}
