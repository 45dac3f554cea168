package dev.crossfade.jdbc.internal.sql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * H2, embedded or as a server. It has no shared row locks: two writers of one stripe wait for each other, writers of
 * different stripes do not. {@code MERGE} may fail with a duplicate when two sessions insert the same key.
 */
final class H2 implements Dialect {

    @Override
    public String schemaFile() {
        return "h2";
    }

    @Override
    public void beginSchema(Connection connection, String prefix, Duration limit) throws SQLException {
        // DDL takes the database's own exclusive lock, and every statement of the file may run twice.
        connection.setAutoCommit(true);
    }

    @Override
    public void endSchema(Connection connection, String prefix) {
        // Nothing was held.
    }

    @Override
    public String now() {
        return "CURRENT_TIMESTAMP";
    }

    @Override
    public String nowPlusMicros() {
        return "DATEADD(MICROSECOND, CAST(? AS BIGINT), CURRENT_TIMESTAMP)";
    }

    @Override
    public String microsSince(String time) {
        // In one zone: H2 compares what the clocks on the wall say.
        return "DATEDIFF(MICROSECOND, " + time + " AT TIME ZONE 'UTC', CURRENT_TIMESTAMP AT TIME ZONE 'UTC')";
    }

    /** H2 sorts nulls first and reads all of them before it finds the others, unless the condition is a range. */
    @Override
    public String isSet(String column) {
        return column + " > TIMESTAMP '0001-01-01 00:00:00'";
    }

    @Override
    public Instant instant(ResultSet row, int column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    @Override
    public String insertIfAbsent(String table, List<String> columns, List<String> primaryKey) {
        String matches = primaryKey.stream()
                .map(column -> "t." + column + " = n." + column)
                .collect(Collectors.joining(" AND "));
        String all = String.join(", ", columns);
        return "MERGE INTO %s t USING (VALUES (%s)) n (%s) ON %s WHEN NOT MATCHED THEN INSERT (%s) VALUES (%s)"
                .formatted(
                        table,
                        String.join(", ", Collections.nCopies(columns.size(), "?")),
                        all,
                        matches,
                        all,
                        columns.stream().map(column -> "n." + column).collect(Collectors.joining(", ")));
    }

    @Override
    public String lockShared(Tables tables, String columns) {
        return "SELECT %s FROM %s WHERE migration = ? AND side = ? AND stripe = ? FOR UPDATE"
                .formatted(columns, tables.fence());
    }

    @Override
    public void beforeLockExclusive(Connection connection, Tables tables, Duration timeout) {
        // The locking read carries its own time-out.
    }

    @Override
    public String lockExclusive(Tables tables, String columns, Duration timeout) {
        long millis = Math.max(1, timeout.toMillis());
        return "SELECT %s FROM %s WHERE migration = ? AND side = ? ORDER BY stripe FOR UPDATE WAIT %d.%03d"
                .formatted(columns, tables.fence(), millis / 1000, millis % 1000);
    }

    @Override
    public boolean isLockTimeout(SQLException failure) {
        return SqlFailure.isLockTimeout(failure);
    }

    /** H2 names sessions that have changed or locked something, and when they were last busy, not since when. */
    @Override
    public List<Holder> holders(Connection connection, Tables tables) throws SQLException {
        String sql = """
                SELECT session_id,
                       DATEDIFF(MILLISECOND, COALESCE(executing_statement_start, sleep_since), CURRENT_TIMESTAMP),
                       'user ' || user_name || ', ' || LOWER(session_state)
                  FROM information_schema.sessions
                 WHERE contains_uncommitted AND session_id <> SESSION_ID()
                 ORDER BY 2 DESC
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
     * Those that have changed something: H2 does not show others. It tells sessions and not transactions, so one that is
     * seen without changes has ended, and another one of the same session counts as the same until then.
     */
    @Override
    public Optional<Map<String, String>> openTransactions(Connection connection) throws SQLException {
        String admin = "SELECT 1 FROM information_schema.users WHERE user_name = CURRENT_USER AND is_admin";
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(admin)) {
            if (!row.next()) {
                throw new HiddenTransactions("the rights of an administrator of the database", null);
            }
        }
        String sql = """
                SELECT session_id,
                       'session ' || session_id || ' (user ' || user_name || ', ' || LOWER(session_state) || ')'
                  FROM information_schema.sessions
                 WHERE contains_uncommitted AND session_id <> SESSION_ID()
                """;
        return Optional.of(Holder.byName(connection, sql));
    }

    @Override
    public Duration pauseBetweenLists() {
        return Duration.ofMillis(20);
    }

    @Override
    public String deletesReachFurther() {
        return """
                SELECT 1 FROM INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS
                 WHERE DELETE_RULE NOT IN ('RESTRICT', 'NO ACTION')
                 UNION ALL
                SELECT 1 FROM INFORMATION_SCHEMA.TRIGGERS WHERE EVENT_MANIPULATION LIKE '%DELETE%'
                """;
    }

    @Override
    public LedgerSql ledger(Tables tables) {
        return new H2Ledger(tables);
    }
}
