package dev.crossfade.jdbc;

import dev.crossfade.Store;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Transactions bound to the thread that opened them. */
// Each database has transactions of its own: a static thread-local would mix those of two databases.
@SuppressWarnings("ThreadLocalUsage")
final class ThreadTransactions implements TransactionPort {
    private final String database;
    private final DataSource pool;
    private final ThreadLocal<@Nullable OpenTransaction> here = new ThreadLocal<>();

    ThreadTransactions(String database, DataSource pool) {
        this.database = database;
        this.pool = pool;
    }

    @Override
    public @Nullable OpenTransaction current() {
        return here.get();
    }

    @Override
    public boolean commitsAtOnce() {
        return true;
    }

    @Override
    public <T> @Nullable T inNewTransaction(TransactionSettings settings, Store.Work<T> work) throws Throwable {
        PooledTransaction transaction = PooledTransaction.begin(database, pool, settings);
        T result;
        try {
            result = runBound(new OpenTransaction(transaction.connection()), work);
        } catch (Throwable failure) {
            transaction.rollBack();
            throw failure;
        }
        transaction.commit();
        return result;
    }

    private <T> @Nullable T runBound(OpenTransaction transaction, Store.Work<T> work) throws Throwable {
        OpenTransaction outer = here.get();
        here.set(transaction);
        try {
            T result = work.run();
            transaction.beforeCommit();
            return result;
        } finally {
            transaction.end();
            if (outer == null) {
                here.remove();
            } else {
                here.set(outer);
            }
        }
    }
}
