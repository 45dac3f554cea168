package dev.crossfade.jdbc;

import dev.crossfade.jdbc.TransactionSettings.Limits;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Sets time limits on a connection and takes them back. */
final class SessionLimits {
    private final Connection connection;
    private final int networkMillis;
    private final @Nullable String restore;

    private SessionLimits(Connection connection, int networkMillis, @Nullable String restore) {
        this.connection = connection;
        this.networkMillis = networkMillis;
        this.restore = restore;
    }

    /** Sets limits inside a transaction that has just begun. */
    static SessionLimits set(Connection connection, Limits limits) throws SQLException {
        int networkMillis = connection.getNetworkTimeout();
        setNetworkTimeout(connection, millis(limits.statement().plusSeconds(Limits.GRACE_SECONDS)));
        Duration lock = limits.lock();
        return new SessionLimits(
                connection, networkMillis, lock == null ? null : setInSession(connection, limits.statement(), lock));
    }

    /** Takes them back, after the transaction. */
    void takeBack() throws SQLException {
        if (restore != null) {
            execute(connection, restore);
        }
        setNetworkTimeout(connection, networkMillis);
    }

    private static @Nullable String setInSession(Connection connection, Duration statementLimit, Duration lockLimit)
            throws SQLException {
        int statement = millis(statementLimit);
        int lock = millis(lockLimit);
        String product = connection.getMetaData().getDatabaseProductName();
        return switch (product) {
            case "PostgreSQL" -> {
                // They end with the transaction.
                execute(
                        connection,
                        "SET LOCAL statement_timeout = " + statement + "; SET LOCAL lock_timeout = " + lock);
                yield null;
            }
            case "MariaDB" ->
                setAndRemember(
                        connection,
                        "SELECT @@max_statement_time, @@innodb_lock_wait_timeout",
                        "SET max_statement_time = %s, innodb_lock_wait_timeout = %s",
                        String.format(Locale.ROOT, "%.3f", statement / 1000.0),
                        inSeconds(lockLimit));
            case "MySQL" ->
                // Its limit holds for queries alone.
                setAndRemember(
                        connection,
                        "SELECT @@max_execution_time, @@innodb_lock_wait_timeout",
                        "SET max_execution_time = %s, innodb_lock_wait_timeout = %s",
                        Integer.toString(statement),
                        inSeconds(lockLimit));
            case "H2" ->
                setAndRemember(
                        connection,
                        "SELECT SETTING_VALUE, LOCK_TIMEOUT() FROM INFORMATION_SCHEMA.SETTINGS"
                                + " WHERE SETTING_NAME = 'QUERY_TIMEOUT'",
                        "SET QUERY_TIMEOUT %s; SET LOCK_TIMEOUT %s",
                        Integer.toString(statement),
                        Integer.toString(lock));
            default ->
                throw new SQLFeatureNotSupportedException(
                        "Crossfade does not know how to limit the time of statements on " + product
                                + "; it knows PostgreSQL, MariaDB, MySQL and H2");
        };
    }

    private static String setAndRemember(
            Connection connection, String query, String command, String statementLimit, String lockLimit)
            throws SQLException {
        String restore;
        try (Statement statement = connection.createStatement();
                ResultSet before = statement.executeQuery(query)) {
            before.next();
            restore = String.format(Locale.ROOT, command, before.getString(1), before.getString(2));
        }
        execute(connection, String.format(Locale.ROOT, command, statementLimit, lockLimit));
        return restore;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void setNetworkTimeout(Connection connection, int millis) throws SQLException {
        try {
            connection.setNetworkTimeout(Runnable::run, millis);
        } catch (SQLFeatureNotSupportedException notANetwork) {
            // The limits of the session have to do.
        }
    }

    private static int millis(Duration limit) {
        return Math.toIntExact(limit.toMillis());
    }

    private static String inSeconds(Duration limit) {
        return Long.toString((limit.toMillis() + 999) / 1000);
    }
}
