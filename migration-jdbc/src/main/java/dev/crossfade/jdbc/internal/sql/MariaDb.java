package dev.crossfade.jdbc.internal.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * MariaDB, and MySQL where it is alike. A closer's wait is bounded in milliseconds on MariaDB by {@code
 * max_statement_time}; MySQL waits its {@code innodb_lock_wait_timeout}, whole seconds, 50 unless configured.
 *
 * <p>Times are stored and exchanged as UTC without a zone, so that no session zone shifts them.
 */
final class MariaDb implements Dialect {
    /** The statement ran longer than {@code max_statement_time}. */
    private static final int STATEMENT_TIMEOUT = 1969;

    /** The name of the transaction that asks for the list. */
    private static final String OWN = "own";

    /** The user lacks a privilege of the server. */
    private static final int ACCESS_DENIED = 1227;

    @Override
    public String schemaFile() {
        return "mariadb";
    }

    @Override
    public void beginSchema(Connection connection, String prefix, Duration limit) throws SQLException {
        connection.setAutoCommit(true);
        long seconds = Math.max(1, limit.toSeconds());
        try (PreparedStatement statement = connection.prepareStatement("SELECT GET_LOCK(?, ?)")) {
            statement.setString(1, schemaLock(connection, prefix));
            statement.setLong(2, seconds);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next() || row.getInt(1) != 1) {
                    throw new SQLException("GET_LOCK was not granted within " + seconds + " s", "HY000", 1205);
                }
            }
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET SESSION lock_wait_timeout = " + seconds);
        }
    }

    @Override
    public void endSchema(Connection connection, String prefix) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET SESSION lock_wait_timeout = DEFAULT");
        }
        try (PreparedStatement statement = connection.prepareStatement("SELECT RELEASE_LOCK(?)")) {
            statement.setString(1, schemaLock(connection, prefix));
            statement.executeQuery().close();
        }
    }

    /** Names of locks are common to the whole server and hold at most 64 characters. */
    private static String schemaLock(Connection connection, String prefix) throws SQLException {
        return prefix
                + Integer.toHexString(String.valueOf(connection.getCatalog()).hashCode());
    }

    @Override
    public String now() {
        return "UTC_TIMESTAMP(6)";
    }

    @Override
    public String nowPlusMicros() {
        return "UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND";
    }

    @Override
    public String microsSince(String time) {
        return "TIMESTAMPDIFF(MICROSECOND, " + time + ", UTC_TIMESTAMP(6))";
    }

    @Override
    public String isSet(String column) {
        return column + " IS NOT NULL";
    }

    @Override
    public Instant instant(ResultSet row, int column) throws SQLException {
        return row.getObject(column, LocalDateTime.class).toInstant(ZoneOffset.UTC);
    }

    @Override
    public String insertIfAbsent(String table, List<String> columns, List<String> primaryKey) {
        String first = primaryKey.get(0);
        // Not INSERT IGNORE: that would also hide values that do not fit.
        return "INSERT INTO %s (%s) VALUES (%s) ON DUPLICATE KEY UPDATE %s = VALUES(%s)"
                .formatted(
                        table,
                        String.join(", ", columns),
                        String.join(", ", Collections.nCopies(columns.size(), "?")),
                        first,
                        first);
    }

    @Override
    public String lockShared(Tables tables, String columns) {
        return "SELECT %s FROM %s WHERE migration = ? AND side = ? AND stripe = ? LOCK IN SHARE MODE"
                .formatted(columns, tables.fence());
    }

    @Override
    public void beforeLockExclusive(Connection connection, Tables tables, Duration timeout) {
        // InnoDB's queue of row locks is fair: a closer gets in between writers without help.
    }

    @Override
    public String lockExclusive(Tables tables, String columns, Duration timeout) {
        long millis = Math.max(1, timeout.toMillis());
        // MySQL takes the first part for a comment.
        return "/*M! SET STATEMENT max_statement_time = %d.%03d FOR */ SELECT %s FROM %s"
                        .formatted(millis / 1000, millis % 1000, columns, tables.fence())
                + " WHERE migration = ? AND side = ? ORDER BY stripe FOR UPDATE";
    }

    @Override
    public boolean isLockTimeout(SQLException failure) {
        return failure.getErrorCode() == STATEMENT_TIMEOUT || SqlFailure.isLockTimeout(failure);
    }

    /** InnoDB names transactions with row locks, not the rows: these are the sessions that may hold the fence. */
    @Override
    public List<Holder> holders(Connection connection, Tables tables) throws SQLException {
        String sql = """
                SELECT p.id, TIMESTAMPDIFF(MICROSECOND, t.trx_started, NOW(6)) DIV 1000,
                       CONCAT('user ', p.user, ', ', LOWER(p.command))
                  FROM information_schema.innodb_trx t
                  JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id
                 WHERE t.trx_lock_structs > 0 AND p.db = DATABASE() AND p.id <> CONNECTION_ID()
                 ORDER BY t.trx_started
                """;
        List<Holder> holders = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                holders.add(new Holder(rows.getString(1), Duration.ofMillis(rows.getLong(2)), rows.getString(3)));
            }
        }
        return holders;
    }

    @Override
    public boolean knowsHolders() {
        return false;
    }

    /** It might be an innocent one. */
    @Override
    public boolean terminate(Connection connection, Tables tables, String session) {
        return false;
    }

    /**
     * Of the whole server: which database a transaction changes is not told by the one that its session has chosen. A start
     * is known to the second, so that two transactions of one session within a second count as one.
     *
     * <p>The server renews the list only if nobody has read it for 100 ms, so that a monitor may keep it old for ever. It is
     * trusted only if it shows this statement at work, which carries a number for that.
     */
    @Override
    public Optional<Map<String, String>> openTransactions(Connection connection) throws SQLException {
        String numbered = "SELECT /* crossfade %s */ ".formatted(UUID.randomUUID());
        String sql = numbered + """
                       CASE WHEN t.trx_mysql_thread_id = CONNECTION_ID() THEN '%s'
                            WHEN t.trx_mysql_thread_id = 0 THEN CONCAT('%s', t.trx_id)
                            ELSE CONCAT(t.trx_mysql_thread_id, '/', t.trx_started) END,
                       IF(p.id IS NULL,
                          CONCAT('transaction ', t.trx_id, ' of no session'),
                          CONCAT('session ', p.id, ', open for ', TIMESTAMPDIFF(SECOND, t.trx_started, NOW()), ' s (user ',
                                 p.user, ', database ', COALESCE(p.db, 'none'), ', ', LOWER(p.command), ')'))
                  FROM information_schema.innodb_trx t
                  LEFT JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id
                 WHERE IF(t.trx_mysql_thread_id = CONNECTION_ID(), LEFT(t.trx_query, %d) = '%s', t.trx_is_read_only = 0)
                """.formatted(OWN, DETACHED, numbered.length(), numbered);
        try (Statement begin = connection.createStatement()) {
            // Else this transaction would not be in the list, for it has read nothing yet.
            begin.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT");
            Map<String, String> open = Holder.byName(connection, sql);
            return open.remove(OWN) == null ? Optional.empty() : Optional.of(open);
        } catch (SQLException failure) {
            if (failure.getErrorCode() == ACCESS_DENIED) {
                throw new HiddenTransactions("the PROCESS privilege", failure);
            }
            throw failure;
        }
    }

    /** Longer than the list has to be left alone. */
    @Override
    public Duration pauseBetweenLists() {
        return Duration.ofMillis(120);
    }

    @Override
    public String deletesReachFurther() {
        return """
                SELECT 1 FROM information_schema.referential_constraints
                 WHERE unique_constraint_schema = DATABASE() AND delete_rule NOT IN ('RESTRICT', 'NO ACTION')
                 UNION ALL
                SELECT 1 FROM information_schema.triggers
                 WHERE event_object_schema = DATABASE() AND event_manipulation = 'DELETE'
                """;
    }

    @Override
    public LedgerSql ledger(Tables tables) {
        return new MariaDbLedger(tables);
    }
}
