package dev.crossfade.jdbc;

import dev.crossfade.Store;
import dev.crossfade.jdbc.internal.site.Site;
import dev.crossfade.jdbc.internal.sql.Dialect;
import dev.crossfade.jdbc.internal.sql.LedgerTable;
import dev.crossfade.spi.Coordination;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * A relational database as a store of a migration. Repositories take part in its transactions if they get their
 * connections from {@link #dataSource()} or their handles from {@link #jdbi()}.
 *
 * <p>Within a transaction they work on its one connection. They cannot end it: {@code commit()}, {@code rollback()} and
 * {@code setAutoCommit(true)} are refused, and after a refused {@code rollback()} nothing is committed even if the
 * refusal is swallowed. Savepoints work; {@code setReadOnly} is ignored. Statements that end a transaction by
 * themselves, as DDL does on MariaDB and H2, and code that unwraps the driver's connection are not guarded against.
 * Without a transaction they get the pool's connections as they are.
 *
 * <p>Jdbi's {@code inTransaction} joins the transaction that is open; one that asks for another isolation level fails.
 * {@code Handle.afterCommit} is not called for a transaction that Jdbi did not open.
 *
 * <p>Immutable, for use by any number of threads. A transaction belongs to the thread that opened it. Copies made by the
 * {@code with} methods share transactions, data source and Jdbi with the original.
 */
public final class Database implements Store {
    private final String name;
    private final DataSource pool;
    private final TransactionPort transactions;
    private final DataSource dataSource;
    private final Jdbi jdbi;
    private final JdbiTransactions jdbiTransactions;
    private final TransactionSettings settings;

    private Database(
            String name,
            DataSource pool,
            TransactionPort transactions,
            DataSource dataSource,
            Jdbi jdbi,
            JdbiTransactions jdbiTransactions,
            TransactionSettings settings) {
        this.name = name;
        this.pool = pool;
        this.transactions = transactions;
        this.dataSource = dataSource;
        this.jdbi = jdbi;
        this.jdbiTransactions = jdbiTransactions;
        this.settings = settings;
    }

    /**
     * A database whose transactions Crossfade opens itself, each on one connection of the pool. Opens no connection.
     *
     * @param name as operators know it, not blank
     * @param pool gives read-write connections to one database, and limits how long it takes to get one
     */
    public static Database of(String name, DataSource pool) {
        return of(name, pool, new ThreadTransactions(name, pool));
    }

    /**
     * A database whose transactions a framework opens.
     *
     * @param name         as operators know it, not blank
     * @param pool         gives read-write connections to one database, and limits how long it takes to get one
     * @param transactions opens transactions on connections of that pool
     */
    public static Database of(String name, DataSource pool, TransactionPort transactions) {
        Objects.requireNonNull(pool, "pool");
        Objects.requireNonNull(transactions, "transactions");
        if (Objects.requireNonNull(name, "name").isBlank()) {
            throw new IllegalArgumentException("A database's name is blank; name it as operators know it");
        }
        DataSource dataSource = new TransactionDataSource(name, pool, transactions);
        JdbiTransactions jdbiTransactions = new JdbiTransactions();
        Jdbi jdbi = Jdbi.create(dataSource);
        jdbi.setTransactionHandler(jdbiTransactions);
        jdbi.setHandleScope(new TransactionHandleScope(transactions));
        return new Database(
                name, pool, transactions, dataSource, jdbi, jdbiTransactions, TransactionSettings.OF_THE_POOL);
    }

    /**
     * The same database, with another isolation level for {@link #inTransaction}; the default leaves what the pool gives.
     * A pool that gives the level already saves up to three round trips a transaction.
     *
     * @param isolation {@link Connection#TRANSACTION_READ_COMMITTED} to {@link Connection#TRANSACTION_SERIALIZABLE};
     *     {@link Connection#TRANSACTION_NONE} for the default
     */
    public Database withIsolation(int isolation) {
        return new Database(
                name, pool, transactions, dataSource, jdbi, jdbiTransactions, new TransactionSettings(isolation, null));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean isTransactional() {
        return true;
    }

    /**
     * Runs work in one transaction on one connection of the pool and commits it; rolls back and rethrows whatever the
     * work throws. Joins the transaction that this thread has open, whatever its isolation level; that alone decides
     * then whether to commit.
     *
     * <p>Work that swallows the failure of a statement commits the rest on MariaDB and H2, and of the rest only what came
     * afterwards if it was a deadlock, which undoes the whole transaction there. PostgreSQL has failed the whole
     * transaction in either case: it is rolled back with an exception.
     *
     * @throws dev.crossfade.CommitOutcomeUnknownException if COMMIT failed and may have been carried out; never retried
     * @throws IllegalStateException if this thread is in {@code inTransaction} of {@link #jdbi()}, begun outside
     * @throws Throwable what the work throws, unchanged, what begin throws, or what COMMIT throws if the database rolled
     *     back
     */
    @Override
    public <T> @Nullable T inTransaction(Work<T> work) throws Throwable {
        if (transactions.current() != null) {
            return work.run();
        }
        requireNoneOfJdbi();
        return transactions.inNewTransaction(settings, work);
    }

    @Override
    public <T> @Nullable T inTransaction(Work<T> work, Work<?> beforeCommit) throws Throwable {
        if (transactions.current() != null) {
            T done = work.run();
            beforeCommit.run();
            return done;
        }
        requireNoneOfJdbi();
        return transactions.inTransactionOfService(settings, work, beforeCommit);
    }

    private void requireNoneOfJdbi() {
        if (jdbiTransactions.isOpenHere()) {
            throw new IllegalStateException(
                    "Database '" + name + "': this thread is in a transaction that Jdbi opened, and "
                            + "what is written now would not be part of it. Nothing was written. Open the transaction with "
                            + "inTransaction of the migration or the database: Jdbi's joins it.");
        }
    }

    /**
     * Connections for repositories: of the transaction that the calling thread has open on this database, or else the
     * pool's own.
     */
    public DataSource dataSource() {
        return dataSource;
    }

    /**
     * The Jdbi of this database, always the same one: install plugins and mappers on it once. Handles, on-demand objects
     * and transactions of it take part in the transaction that the calling thread has open.
     */
    public Jdbi jdbi() {
        return jdbi;
    }

    /**
     * Runs work in a transaction of its own on another connection of the pool, whether or not this thread has one open,
     * which is suspended meanwhile. Repositories called by the work take part in the new transaction.
     *
     * @throws Throwable as {@link #inTransaction}
     */
    <T> @Nullable T inNewTransaction(TransactionSettings own, Work<T> work) throws Throwable {
        return transactions.inNewTransaction(own, work);
    }

    @Override
    public boolean deletesReachFurther() throws SQLException {
        Connection connection = connection();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(Dialect.of(connection).deletesReachFurther())) {
            return row.next();
        }
    }

    @Override
    public Optional<Coordination.Factory> coordinationWith(Store newStore) {
        return newStore instanceof Database next ? Optional.of(JdbcCoordination.between(this, next)) : Optional.empty();
    }

    /** What fence and ledger need of this database. */
    Site.Transactions transactions() {
        return new OwnWork();
    }

    /**
     * Whether the calling thread has a transaction of this database open, be it one that {@link #jdbi()} opened or another
     * framework.
     */
    @Override
    public boolean hasTransactionHere() {
        return transactions.isInTransaction() || jdbiTransactions.isOpenHere();
    }

    /** The transaction that this thread has open, {@code null} without one. */
    @Nullable
    OpenTransaction current() {
        return transactions.current();
    }

    /**
     * The connection of this thread's transaction, for the library's own statements: they do not count in
     * {@link #statementsHere}. Not to be closed.
     *
     * @throws IllegalStateException if the thread has no transaction
     */
    Connection connection() {
        return transactionHere().connection();
    }

    /** How many statements repository code has created in this thread's transaction so far; empty without one. */
    @Override
    public OptionalInt statementsHere() {
        OpenTransaction open = transactions.current();
        return open == null ? OptionalInt.empty() : OptionalInt.of(open.statements());
    }

    /**
     * Whether repository code has rolled this thread's transaction back to a savepoint.
     *
     * @throws IllegalStateException if the thread has no transaction
     */
    boolean isPartUndoneHere() {
        return transactionHere().isPartUndone();
    }

    private OpenTransaction transactionHere() {
        OpenTransaction open = transactions.current();
        if (open == null) {
            throw new IllegalStateException("Database '" + name
                    + "': this thread has no transaction of it. Nothing was " + "done. Call this in inTransaction.");
        }
        return open;
    }

    /** The library's own work on this database. */
    private final class OwnWork implements Site.Transactions {
        /** Fences and ledgers are written at READ COMMITTED: locking missing rows would lock their neighbours otherwise. */
        private static final TransactionSettings OWN = new TransactionSettings(
                Connection.TRANSACTION_READ_COMMITTED,
                new TransactionSettings.Limits(Duration.ofSeconds(30), Duration.ofSeconds(5)));

        /** A network that swallows everything must not hold a relay's thread for ever. */
        private static final TransactionSettings REFRESH = new TransactionSettings(
                Connection.TRANSACTION_READ_COMMITTED, new TransactionSettings.Limits(LedgerTable.REFRESH_LIMIT, null));

        @Override
        public String name() {
            return name;
        }

        @Override
        public <T> @Nullable T refresh(Work<T> work) throws Throwable {
            return inNewTransaction(REFRESH, work);
        }

        @Override
        public <T> @Nullable T own(Work<T> work) throws Throwable {
            return inNewTransaction(OWN, work);
        }

        @Override
        public <T> @Nullable T own(Duration limit, Work<T> work) throws Throwable {
            return inNewTransaction(
                    new TransactionSettings(
                            Connection.TRANSACTION_READ_COMMITTED, new TransactionSettings.Limits(limit, limit)),
                    work);
        }

        @Override
        public Connection plain() throws SQLException {
            return pool.getConnection();
        }

        @Override
        public Connection connection() {
            return Database.this.connection();
        }

        @Override
        public boolean mayCommitHere() {
            return transactions.commitsAtOnce() && transactionHere().mayCommit();
        }

        @Override
        public boolean isPartUndoneHere() {
            return Database.this.isPartUndoneHere();
        }
    }

    @Override
    public String toString() {
        return "Database '" + name + "'";
    }
}
