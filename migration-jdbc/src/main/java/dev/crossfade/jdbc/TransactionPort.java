package dev.crossfade.jdbc;

import dev.crossfade.Store;
import org.jspecify.annotations.Nullable;

/**
 * Who opens transactions on a database, and which one this thread is in. {@link Database#of(String,
 * javax.sql.DataSource)} brings its own; a framework that has transactions already puts them behind this port.
 */
public interface TransactionPort {

    /** The transaction that the calling thread is in, the same object until it ends; {@code null} without one. */
    @Nullable
    OpenTransaction current();

    /**
     * Runs work in a transaction of its own on another connection, which is {@link #current()} meanwhile; the one that
     * the thread is in, if any, is {@link #current()} again afterwards. Calls {@link OpenTransaction#beforeCommit()}
     * last before COMMIT and {@link OpenTransaction#end()} once the thread is out of the transaction.
     *
     * @throws Throwable what the work or {@link OpenTransaction#beforeCommit()} throws, unchanged, after a rollback; or
     *     what begin throws, or COMMIT if the database rolled back
     * @throws dev.crossfade.CommitOutcomeUnknownException if COMMIT failed and may have been carried out; never retried
     */
    <T> @Nullable T inNewTransaction(TransactionSettings settings, Store.Work<T> work) throws Throwable;
}
