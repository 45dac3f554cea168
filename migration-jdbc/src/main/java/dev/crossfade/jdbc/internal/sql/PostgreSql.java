package dev.crossfade.jdbc.internal.sql;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.sql.Connection;
import java.sql.PreparedStatement;
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
import java.util.zip.CRC32;

/**
 * PostgreSQL. Whoever locks a stripe takes a shared advisory lock first, and whoever closes the fence an exclusive one:
 * row locks alone let a stream of writers keep the closer out for seconds. The advisory lock is that courtesy and no
 * more; the locking read decides.
 *
 * <p>Advisory locks live in the two-number key space of the database, with {@value #ADVISORY_CLASS} ("CFAD") as the
 * first number and a checksum of prefix, migration and side as the second. An application that uses the same pair waits
 * now and then; nothing else happens.
 */
final class PostgreSql implements Dialect {
    static final int ADVISORY_CLASS = 0x43464144;

    @Override
    public String schemaFile() {
        return "postgresql";
    }

    @Override
    public void beginSchema(Connection connection, String prefix, Duration limit) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL statement_timeout = " + Math.max(1, limit.toMillis()));
            statement.execute("SELECT pg_advisory_xact_lock(%d, %d)".formatted(ADVISORY_CLASS, checksum(prefix)));
        }
    }

    @Override
    public void endSchema(Connection connection, String prefix) throws SQLException {
        connection.commit();
    }

    @Override
    public String now() {
        return "clock_timestamp()";
    }

    @Override
    public String nowPlusMicros() {
        return "clock_timestamp() + ? * interval '1 microsecond'";
    }

    @Override
    public String microsSince(String time) {
        return "CAST(EXTRACT(EPOCH FROM clock_timestamp() - " + time + ") * 1000000 AS bigint)";
    }

    @Override
    public String isSet(String column) {
        return column + " IS NOT NULL";
    }

    @Override
    public Instant instant(ResultSet row, int column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    @Override
    public String insertIfAbsent(String table, List<String> columns, List<String> primaryKey) {
        return "INSERT INTO %s (%s) VALUES (%s) ON CONFLICT DO NOTHING"
                .formatted(
                        table, String.join(", ", columns), String.join(", ", Collections.nCopies(columns.size(), "?")));
    }

    @Override
    public String lockShared(Tables tables, String columns) {
        return "SELECT %s FROM %s WHERE migration = ? AND side = ? AND stripe = ? AND %s FOR SHARE"
                .formatted(columns, tables.fence(), courtesy(tables));
    }

    /** A condition, always true, that takes the shared advisory lock before its row is locked. */
    static String courtesy(Tables tables) {
        return "pg_advisory_xact_lock_shared(%d, %d) IS NOT NULL".formatted(ADVISORY_CLASS, advisoryKey(tables));
    }

    @Override
    public void beforeLockExclusive(Connection connection, Tables tables, Duration timeout) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL lock_timeout = " + Math.max(1, timeout.toMillis()));
            // A statement of its own: the locking read's snapshot must not be older than the lock.
            statement.execute("SELECT pg_advisory_xact_lock(%d, %d)".formatted(ADVISORY_CLASS, advisoryKey(tables)));
        }
    }

    @Override
    public String lockExclusive(Tables tables, String columns, Duration timeout) {
        return "SELECT %s FROM %s WHERE migration = ? AND side = ? ORDER BY stripe FOR UPDATE"
                .formatted(columns, tables.fence());
    }

    @Override
    public boolean isLockTimeout(SQLException failure) {
        return SqlFailure.isLockTimeout(failure);
    }

    @Override
    public List<Holder> holders(Connection connection, Tables tables) throws SQLException {
        String sql = """
                SELECT a.pid, CAST(EXTRACT(EPOCH FROM clock_timestamp() - a.xact_start) * 1000 AS bigint),
                       concat_ws(', ', nullif(a.application_name, ''), a.state)
                  FROM pg_locks k JOIN pg_stat_activity a ON a.pid = k.pid
                 WHERE %s
                 ORDER BY a.xact_start
                """.formatted(isHolder(tables));
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
        return true;
    }

    @Override
    public boolean terminate(Connection connection, Tables tables, String session) throws SQLException {
        String sql =
                "SELECT pg_terminate_backend(k.pid) FROM pg_locks k WHERE %s AND k.pid = ?".formatted(isHolder(tables));
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setInt(1, Integer.parseInt(session));
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() && rows.getBoolean(1);
            }
        }
    }

    /**
     * By the locks that transactions hold on themselves, which every user may see; of sessions of other users the age and
     * the state stay hidden. A transaction that has written nothing yet counts too: it may still write.
     */
    @Override
    public Optional<Map<String, String>> openTransactions(Connection connection) throws SQLException {
        String sql = """
                SELECT k.pid || '/' || k.virtualtransaction,
                       'session ' || k.pid
                         || coalesce(', open for '
                              || round(CAST(EXTRACT(EPOCH FROM clock_timestamp() - a.xact_start) AS numeric), 1) || ' s', '')
                         || ' (' || concat_ws(', ', 'user ' || a.usename, nullif(a.application_name, ''), a.state) || ')'
                  FROM pg_locks k JOIN pg_stat_activity a ON a.pid = k.pid
                 WHERE k.locktype = 'virtualxid' AND k.mode = 'ExclusiveLock' AND k.granted
                   AND a.datname = current_database() AND k.pid <> pg_backend_pid()
                   AND a.usesysid IS NOT NULL AND a.backend_type IS DISTINCT FROM 'walsender'
                 UNION ALL
                SELECT '%s' || transaction, 'prepared transaction ' || transaction || ' (user ' || owner || ')'
                  FROM pg_prepared_xacts WHERE database = current_database()
                """.formatted(DETACHED);
        return Optional.of(Holder.byName(connection, sql));
    }

    @Override
    public Duration pauseBetweenLists() {
        return Duration.ofMillis(20);
    }

    @Override
    public String deletesReachFurther() {
        return """
                SELECT 1 FROM pg_constraint WHERE contype = 'f' AND confdeltype NOT IN ('a', 'r')
                 UNION ALL
                SELECT 1 FROM pg_trigger WHERE NOT tgisinternal AND tgtype & 8 <> 0
                """;
    }

    @Override
    public LedgerSql ledger(Tables tables) {
        return new PostgreSqlLedger(tables);
    }

    /** {@code objsubid = 2} tells keys of two numbers from keys of one; the numbers are shown unsigned. */
    private static String isHolder(Tables tables) {
        return """
                k.locktype = 'advisory' AND k.granted AND k.mode = 'ShareLock' AND k.objsubid = 2
                   AND k.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                   AND k.classid = %d AND k.objid = %d AND k.pid <> pg_backend_pid()""".formatted(ADVISORY_CLASS, Integer.toUnsignedLong(advisoryKey(tables)));
    }

    private static int advisoryKey(Tables tables) {
        return checksum(tables.prefix() + '/' + tables.migration() + '/' + tables.sideCode());
    }

    private static int checksum(String text) {
        CRC32 checksum = new CRC32();
        checksum.update(text.getBytes(UTF_8));
        return (int) checksum.getValue();
    }
}
