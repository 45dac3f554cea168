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
     * Whether the calling thread is in a transaction on this database, be it one that somebody else opened and that is no
     * {@link #current()} one.
     */
    default boolean isInTransaction() {
        return current() != null;
    }

    /**
     * Whether COMMIT follows at once on the {@link OpenTransaction#beforeCommit()} of the transaction that this thread is in, and
     * on what the library does before: then it may send COMMIT along with its own last statement, and the one that follows finds
     * nothing to do.
     */
    default boolean commitsAtOnce() {
        return false;
    }

    /**
     * Runs the service's own work in a transaction, where the thread is in none. As {@link #inNewTransaction}, but that the
     * framework may run what it does around transactions of services.
     *
     * @param beforeCommit runs in the transaction after everything else, right before {@link OpenTransaction#beforeCommit()}
     * @throws Throwable as {@link #inNewTransaction}, and what {@code beforeCommit} throws
     */
    default <T> @Nullable T inTransactionOfService(
            TransactionSettings settings, Store.Work<T> work, Store.Work<?> beforeCommit) throws Throwable {
        return inNewTransaction(settings, () -> {
            T done = work.run();
            beforeCommit.run();
            return done;
        });
    }

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
