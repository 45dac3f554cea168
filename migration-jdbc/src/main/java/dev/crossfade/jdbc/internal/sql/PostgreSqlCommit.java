package dev.crossfade.jdbc.internal.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.postgresql.core.BaseConnection;
import org.postgresql.jdbc.AutoSave;

/**
 * A transaction's last statement and its COMMIT in one round trip. The usual driver sends both before it reads an answer,
 * and the server leaves the COMMIT out if the statement fails; so a fence that does not hold has to make it fail.
 */
final class PostgreSqlCommit {
    /** What {@link #REFUSAL} answers, and nothing else: an application's deferred trigger hardly draws histograms. */
    private static final String INVALID_WIDTH_BUCKET = "2201G";

    /** An int expression that fails: a histogram of no buckets. The process's number keeps the planner from trying it. */
    static final String REFUSAL = "width_bucket(0.0, 0.0, 1.0, 0 * pg_backend_pid())";

    /** To be added once and for all: the driver looks its statements up by their whole text. */
    static final String COMMIT = "; COMMIT";

    private PostgreSqlCommit() {}

    @FunctionalInterface
    interface Binding {
        void bind(PreparedStatement statement) throws SQLException;
    }

    /** Not by way of another driver, nor where the driver puts savepoints around each statement. */
    static boolean isPossibleOn(Connection connection) {
        try {
            return connection.isWrapperFor(BaseConnection.class)
                    && connection.unwrap(BaseConnection.class).getAutosave() == AutoSave.NEVER;
        } catch (SQLException | LinkageError anotherDriver) {
            return false;
        }
    }

    /**
     * Executes the statement and commits.
     *
     * @param sql evaluates {@link #REFUSAL} where nothing is to be committed, and ends with {@link #COMMIT}
     * @return whether it was committed; false if the fence does not hold
     * @throws AmbiguousCommit if it is not known whether it was committed
     * @throws SQLException if it was not
     */
    static boolean execute(Connection connection, String sql, Binding binding) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            binding.bind(statement);
            statement.execute();
            return true;
        } catch (SQLException failure) {
            if (INVALID_WIDTH_BUCKET.equals(failure.getSQLState())) {
                return false;
            }
            if (CommitFailure.meansRolledBackByPostgreSql(failure)) {
                throw failure;
            }
            throw new AmbiguousCommit(failure);
        }
    }
}
