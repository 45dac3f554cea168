package dev.crossfade.jdbc.internal.site;

import dev.crossfade.CommitOutcomeUnknownException;
import dev.crossfade.Side;
import dev.crossfade.Store;
import dev.crossfade.jdbc.internal.sql.AmbiguousCommit;
import dev.crossfade.jdbc.internal.sql.Dialect;
import dev.crossfade.jdbc.internal.sql.FailureTable;
import dev.crossfade.jdbc.internal.sql.FenceTable;
import dev.crossfade.jdbc.internal.sql.KeyCodec;
import dev.crossfade.jdbc.internal.sql.LedgerPages;
import dev.crossfade.jdbc.internal.sql.LedgerTable;
import dev.crossfade.jdbc.internal.sql.Schema;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One of the two databases with the migration's tables in it. Its schema is looked at when it is first reached, which may
 * be long after the start: an ill secondary keeps nobody from starting.
 */
public final class Site {
    private static final Duration SCHEMA_LIMIT = Duration.ofSeconds(30);

    private final Side side;
    private final Transactions transactions;
    private final String migration;
    private final String prefix;
    private final Schema.Mode mode;
    private final KeyCodec codec;

    /** Written under {@code this}. */
    private volatile @Nullable Tables tables;

    /** The transactions of one database. */
    public interface Transactions {
        /** The database's name in messages. */
        String name();

        /**
         * A transaction that refreshes, at READ COMMITTED, on another connection than the thread may have. The database is told
         * no time limits; its answers are waited for no longer than in {@link #own(Store.Work)}.
         */
        <T> @Nullable T refresh(Store.Work<T> work) throws Throwable;

        /**
         * A transaction of the library's own statements, at READ COMMITTED and with time limits, on another connection than
         * the thread may have.
         */
        <T> @Nullable T own(Store.Work<T> work) throws Throwable;

        /** As {@link #own(Store.Work)}; no statement takes or waits for longer than this, 1 ms or more. */
        <T> @Nullable T own(Duration limit, Store.Work<T> work) throws Throwable;

        /** A plain connection for DDL, outside any transaction. */
        Connection plain() throws SQLException;

        /** The connection of the transaction that this thread has open. */
        Connection connection();

        /**
         * Whether the library may commit the transaction that this thread has open: it opened it, and no repository has
         * forbidden it.
         */
        boolean mayCommitHere();

        /** Whether a repository has rolled back to a savepoint in the transaction that this thread has open. */
        boolean isPartUndoneHere();
    }

    /** The migration's tables in this database. */
    public record Tables(
            Dialect dialect,
            FenceTable fence,
            LedgerTable ledger,
            FailureTable failures,
            LedgerPages pages,
            Bookkeeping books) {}

    /** Work on a connection. */
    @FunctionalInterface
    public interface SqlWork<T> {
        /** Does the work. */
        T run(Connection connection, Tables tables) throws SQLException;
    }

    public Site(
            Side side, Transactions transactions, String migration, String prefix, Schema.Mode mode, KeyCodec codec) {
        this.side = side;
        this.transactions = transactions;
        this.migration = migration;
        this.prefix = prefix;
        this.mode = mode;
        this.codec = codec;
    }

    public Side side() {
        return side;
    }

    public String name() {
        return transactions.name();
    }

    public Transactions transactions() {
        return transactions;
    }

    /** The tables; looks for them, and makes them if that is wanted, the first time. */
    public Tables tables() throws SQLException {
        Tables known = tables;
        return known != null ? known : open();
    }

    private synchronized Tables open() throws SQLException {
        Tables known = tables;
        if (known != null) {
            return known;
        }
        try (Connection connection = transactions.plain()) {
            Dialect dialect = Dialect.of(connection);
            Schema.ensure(connection, prefix, mode, SCHEMA_LIMIT);
            LedgerTable ledger = new LedgerTable(dialect, prefix, migration, side, codec);
            Tables opened = new Tables(
                    dialect,
                    new FenceTable(dialect, prefix, migration, side),
                    ledger,
                    new FailureTable(ledger),
                    new LedgerPages(ledger),
                    new Bookkeeping(dialect, prefix, migration, side));
            tables = opened;
            return opened;
        }
    }

    /**
     * Runs work in a transaction of the library's own.
     *
     * @throws AmbiguousCommit if it is not known whether the transaction was committed
     * @throws SQLException    what else the database throws; nothing was committed
     */
    public <T> T own(SqlWork<T> work) throws SQLException {
        return run(transactions::own, work);
    }

    /**
     * Runs work in a transaction of the library's own, of which no statement takes or waits for longer than this.
     *
     * @param limit 1 ms or more
     * @throws SQLException as {@link #own(SqlWork)}, and where the time was up
     */
    public <T> T own(Duration limit, SqlWork<T> work) throws SQLException {
        return run(
                new Opening() {
                    @Override
                    public <R> @Nullable R run(Store.Work<R> limited) throws Throwable {
                        return transactions.own(limit, limited);
                    }
                },
                work);
    }

    /**
     * Runs work that waits for nobody in a transaction of the library's own. The database is told no time limits, which
     * spares the round trips.
     *
     * @throws SQLException as {@link #own(SqlWork)}
     */
    public <T> T ownWithoutWaiting(SqlWork<T> work) throws SQLException {
        return run(transactions::refresh, work);
    }

    private interface Opening {
        <T> @Nullable T run(Store.Work<T> work) throws Throwable;
    }

    private <T> T run(Opening opening, SqlWork<T> work) throws SQLException {
        Tables opened = tables();
        try {
            T result = opening.run(() -> work.run(transactions.connection(), opened));
            if (result == null) {
                throw new IllegalStateException("work on " + name() + " returned nothing");
            }
            return result;
        } catch (CommitOutcomeUnknownException unknown) {
            // That of the library's transaction is not the one that callers of the service ask about.
            throw new AmbiguousCommit(unknown.getCause() == null ? unknown : unknown.getCause());
        } catch (SQLException | RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new IllegalStateException("work on " + name() + " threw an exception that it may not", impossible);
        }
    }
}
