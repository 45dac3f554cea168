package dev.crossfade.spring;

import dev.crossfade.Store;
import dev.crossfade.jdbc.Database;
import dev.crossfade.jdbc.OpenTransaction;
import dev.crossfade.jdbc.PooledTransaction;
import dev.crossfade.jdbc.TransactionPort;
import dev.crossfade.jdbc.TransactionSettings;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The transactions of a migration on one of its databases. Whatever asks Spring for a connection of the pool gets that of the
 * transaction: {@code JdbcTemplate}, {@code JdbcClient}, jdbi3-spring.
 */
final class SideTransactions implements TransactionPort {
    private final DataSource pool;
    private final Database database;
    private final MigrationTransactionManager manager;

    SideTransactions(String name, DataSource dataSource, MigrationTransactionManager manager) {
        this.pool = dataSource instanceof TransactionAwareDataSourceProxy proxy && proxy.getTargetDataSource() != null
                ? proxy.getTargetDataSource()
                : dataSource;
        this.database = Database.of(name, pool, this);
        this.manager = manager;
    }

    Database database() {
        return database;
    }

    /** Of the transaction that this thread is in; {@code null} without one. */
    @Nullable
    BoundTransaction bound() {
        return (BoundTransaction) TransactionSynchronizationManager.getResource(this);
    }

    @Override
    public @Nullable OpenTransaction current() {
        BoundTransaction bound = bound();
        return bound == null ? null : bound.open();
    }

    @Override
    public boolean isInTransaction() {
        return bound() != null || isInForeignTransaction();
    }

    /** Whether another transaction manager has opened a transaction on the pool; one that is only kept at hand is none. */
    boolean isInForeignTransaction() {
        if (bound() != null
                || !TransactionSynchronizationManager.isActualTransactionActive()
                || !(TransactionSynchronizationManager.getResource(pool) instanceof ConnectionHolder foreign)) {
            return false;
        }
        try {
            return !foreign.getConnection().getAutoCommit();
        } catch (SQLException unusable) {
            return true;
        }
    }

    @Override
    public boolean commitsAtOnce() {
        return true;
    }

    /** Begins a transaction and binds it to this thread, in place of the one that it may be in. */
    BoundTransaction begin(TransactionSettings settings) throws SQLException {
        PooledTransaction transaction = PooledTransaction.begin(database.name(), pool, settings);
        BoundTransaction begun = new BoundTransaction(this, transaction);
        Displaced displaced = displace();
        TransactionSynchronizationManager.bindResource(this, begun);
        try {
            // What the database hands out now belongs to the transaction, and counts what runs on it.
            begun.hold(new ConnectionHolder(database.dataSource().getConnection(), true), displaced);
        } catch (SQLException | RuntimeException | Error failure) {
            TransactionSynchronizationManager.unbindResource(this);
            displaced.takeBack();
            transaction.rollBack();
            throw failure;
        }
        return begun;
    }

    /** Takes what this thread has for the database out of sight. */
    Displaced displace() {
        return new Displaced(
                this,
                TransactionSynchronizationManager.unbindResourceIfPossible(this),
                TransactionSynchronizationManager.unbindResourceIfPossible(pool));
    }

    /** What a thread had for a database. */
    record Displaced(
            SideTransactions side,
            @Nullable Object transaction,
            @Nullable Object holder) {

        /** Gives it back to the thread, which has none now. */
        void takeBack() {
            if (transaction != null) {
                TransactionSynchronizationManager.bindResource(side, transaction);
            }
            if (holder != null) {
                TransactionSynchronizationManager.bindResource(side.pool, holder);
            }
        }
    }

    void bindHolder(ConnectionHolder holder) {
        TransactionSynchronizationManager.bindResource(pool, holder);
    }

    /** The library's own work, which runs on threads of its own most of the time: nothing of Spring's goes around it. */
    @Override
    public <T> @Nullable T inNewTransaction(TransactionSettings settings, Store.Work<T> work) throws Throwable {
        BoundTransaction transaction = begin(settings);
        T result;
        try {
            result = work.run();
            transaction.open().beforeCommit();
        } catch (Throwable failure) {
            transaction.rollBack();
            throw failure;
        }
        transaction.commit();
        return result;
    }

    @Override
    public <T> @Nullable T inTransactionOfService(
            TransactionSettings settings, Store.Work<T> work, Store.Work<?> beforeCommit) throws Throwable {
        return manager.run(this, settings, work, beforeCommit);
    }

    @Override
    public String toString() {
        return "Transactions on " + database;
    }
}
