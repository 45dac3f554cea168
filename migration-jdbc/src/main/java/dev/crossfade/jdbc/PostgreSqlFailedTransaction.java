package dev.crossfade.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/**
 * Finds transactions that PostgreSQL has failed because of a statement in them. It answers their COMMIT by rolling back,
 * and the driver passes that for a success.
 */
final class PostgreSqlFailedTransaction {
    private PostgreSqlFailedTransaction() {}

    /** @throws SQLException what PostgreSQL says of the transaction if it has failed */
    static void check(Connection connection) throws SQLException {
        if (connection.getMetaData().getDatabaseProductName().equals("PostgreSQL") && maybe(connection)) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SELECT 1");
            }
        }
    }

    /** The usual driver knows, which saves the round trip. */
    private static boolean maybe(Connection connection) {
        try {
            return !connection.isWrapperFor(BaseConnection.class)
                    || connection.unwrap(BaseConnection.class).getTransactionState() == TransactionState.FAILED;
        } catch (SQLException | LinkageError anotherDriver) {
            return true;
        }
    }
}
