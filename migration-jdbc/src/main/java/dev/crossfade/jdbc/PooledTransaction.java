package dev.crossfade.jdbc;

import dev.crossfade.CommitOutcomeUnknownException;
import dev.crossfade.jdbc.TransactionSettings.Limits;
import dev.crossfade.jdbc.internal.sql.CommitFailure;
import dev.crossfade.spi.FailureSummary;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A transaction on a connection of the pool, which gets the connection back as it gave it, or never. For one thread, and for
 * {@link TransactionPort}s whose framework begins and ends transactions step by step; it is ended once, by {@link #commit()} or
 * {@link #rollBack()}.
 */
public final class PooledTransaction {
    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");
    private static final int UNCHANGED = -1;

    private final String database;
    private final Connection connection;
    private boolean autoCommit;
    private int isolationBefore = UNCHANGED;
    private @Nullable SessionLimits limits;
    private boolean readOnly;

    private PooledTransaction(String database, Connection connection) {
        this.database = database;
        this.connection = connection;
    }

    /**
     * Begins one.
     *
     * @param database the database's name, for messages
     * @throws SQLException if the pool has no connection or the database refuses a setting; the connection is closed
     */
    public static PooledTransaction begin(String database, DataSource pool, TransactionSettings settings)
            throws SQLException {
        PooledTransaction transaction = new PooledTransaction(database, pool.getConnection());
        try {
            transaction.begin(settings);
            return transaction;
        } catch (Throwable failure) {
            transaction.discard();
            throw failure;
        }
    }

    private void begin(TransactionSettings settings) throws SQLException {
        int isolation = settings.isolation();
        if (isolation != Connection.TRANSACTION_NONE) {
            int before = connection.getTransactionIsolation();
            if (before != isolation) {
                connection.setTransactionIsolation(isolation);
                isolationBefore = before;
            }
        }
        autoCommit = connection.getAutoCommit();
        if (autoCommit) {
            connection.setAutoCommit(false);
        }
        if (settings.readOnly() && !connection.isReadOnly()) {
            connection.setReadOnly(true);
            readOnly = true;
        }
        Limits wanted = settings.limits();
        if (wanted != null) {
            limits = SessionLimits.set(connection, wanted);
        }
    }

    /** The connection, with auto-commit off. */
    public Connection connection() {
        return connection;
    }

    /**
     * COMMIT, once; a failure after it is nobody's but the log's, for the transaction stands.
     *
     * @throws CommitOutcomeUnknownException if COMMIT failed and may have been carried out
     * @throws Throwable what COMMIT throws if the database rolled back
     */
    public void commit() throws Throwable {
        try {
            connection.commit();
        } catch (Throwable failure) {
            if (CommitFailure.meansRolledBack(failure)) {
                rollBack();
                throw failure;
            }
            discard();
            throw new CommitOutcomeUnknownException(CommitOutcomeUnknownException.NO_MIGRATION, database, failure);
        }
        giveBack();
    }

    /** Rolls back. Never throws: a connection that cannot roll back is closed, and the server does it then. */
    public void rollBack() {
        try {
            connection.rollback();
        } catch (Throwable failure) {
            note("could not roll back and is closed", failure);
            discard();
            return;
        }
        giveBack();
    }

    private void giveBack() {
        try {
            if (limits != null) {
                limits.takeBack();
            }
            if (readOnly) {
                connection.setReadOnly(false);
            }
            if (autoCommit) {
                connection.setAutoCommit(true);
            }
            if (isolationBefore != UNCHANGED) {
                connection.setTransactionIsolation(isolationBefore);
            }
        } catch (Throwable failure) {
            note("could not be given back as it came and is closed", failure);
            discard();
            return;
        }
        close();
    }

    /** Ends the session and lets the pool know. */
    private void discard() {
        attempt("was not aborted", () -> connection.abort(Runnable::run));
        attempt("was not closed", () -> {
            if (!connection.isClosed()) {
                // H2 knows no abort.
                connection.unwrap(Connection.class).close();
            }
        });
        close();
    }

    private void close() {
        attempt("was not taken back by the pool", connection::close);
    }

    private void attempt(String whatFailed, JdbcCall call) {
        try {
            call.run();
        } catch (Throwable failure) {
            note(whatFailed, failure);
        }
    }

    /** For whoever looks for it: what the caller has to know he is told, and the pool opens another connection. */
    private void note(String what, Throwable failure) {
        log.debug("{} - a connection {} ({})", database, what, FailureSummary.of(failure));
    }

    private interface JdbcCall {
        void run() throws SQLException;
    }
}
