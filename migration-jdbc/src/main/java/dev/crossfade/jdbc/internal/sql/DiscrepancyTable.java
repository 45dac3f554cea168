package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.Side;
import dev.crossfade.spi.Discrepancy;
import dev.crossfade.spi.Discrepancy.Finding;
import dev.crossfade.spi.Discrepancy.Kind;
import dev.crossfade.spi.Discrepancy.State;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.Version;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The discrepancies that one database holds. Safe for use by many threads, each with its own connection. */
public final class DiscrepancyTable {
    private static final String COLUMNS = "entity, entity_key, kind, fields, field_values, found_by, epoch, generation,"
            + " counter, times, first_seen, last_seen, state";
    private static final String KEY = " WHERE migration = ? AND side = ? AND entity = ? AND entity_key = ?";

    /** The row that counts the findings for which there was no room. */
    private static final String NO_ENTITY = "";

    private static final byte[] NO_KEY = new byte[0];

    private final Dialect dialect;
    private final Tables tables;
    private final String table;
    private final KeyCodec codec;

    public DiscrepancyTable(Dialect dialect, String prefix, String migration, Side side, KeyCodec codec) {
        this.dialect = dialect;
        this.tables = new Tables(prefix, migration, side);
        this.table = prefix + "discrepancy";
        this.codec = codec;
    }

    /** How many records are in this state. */
    public long count(Connection connection, State state) throws SQLException {
        return number(
                connection,
                "SELECT COUNT(*) FROM " + table + " WHERE migration = ? AND side = ? AND entity <> '' AND state = '"
                        + state + "'");
    }

    /** How many findings there was no room for. */
    public long unrecorded(Connection connection) throws SQLException {
        return number(
                connection,
                "SELECT SUM(times) FROM " + table
                        + " WHERE migration = ? AND side = ? AND entity = '' AND state = 'OPEN'");
    }

    private long number(Connection connection, String select) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(select)) {
            tables.bind(statement, 1);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        }
    }

    /** Records in this state, oldest first. */
    public List<Discrepancy> list(Connection connection, State state, int max) throws SQLException {
        String select = "SELECT " + COLUMNS + " FROM " + table
                + " WHERE migration = ? AND side = ? AND entity <> '' AND state = '" + state
                + "' ORDER BY first_seen, entity, entity_key LIMIT " + max;
        List<Discrepancy> records = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(select)) {
            tables.bind(statement, 1);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    records.add(record(row));
                }
            }
        }
        return records;
    }

    /** The record of a key. */
    public Optional<Discrepancy> find(Connection connection, EntityKey key) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT " + COLUMNS + " FROM " + table + KEY)) {
            bindKey(statement, 1, key);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(record(row)) : Optional.empty();
            }
        }
    }

    private Discrepancy record(ResultSet row) throws SQLException {
        Finding finding = new Finding(
                codec.decode(row.getString(1), row.getBytes(2)),
                Kind.valueOf(row.getString(3)),
                FieldText.fields(row.getString(4), row.getString(5)),
                row.getString(6),
                row.getLong(7),
                new Version(row.getLong(8), row.getLong(9)),
                row.getLong(10));
        return new Discrepancy(
                finding, dialect.instant(row, 11), dialect.instant(row, 12), State.valueOf(row.getString(13)));
    }

    /** Opens the record of a key, or goes on with it if it is open. */
    public void reopen(Connection connection, Finding finding) throws SQLException {
        // MariaDB assigns from left to right, so the state comes last.
        String update = "UPDATE " + table + " SET kind = ?, fields = ?, field_values = ?, found_by = ?, epoch = ?,"
                + " generation = ?, counter = ?, times = CASE WHEN state = 'OPEN' THEN times ELSE 0 END + ?,"
                + " first_seen = CASE WHEN state = 'OPEN' THEN first_seen ELSE " + dialect.now() + " END,"
                + " last_seen = " + dialect.now()
                + ", closed_at = NULL, closed_by = NULL, closed_reason = NULL, state = 'OPEN'" + KEY;
        try (PreparedStatement statement = connection.prepareStatement(update)) {
            bindKey(statement, bind(statement, 1, finding), finding.key());
            statement.executeUpdate();
        }
    }

    /** Counts that an accepted difference was seen again. */
    public void seenAgain(Connection connection, Finding finding) throws SQLException {
        String update = "UPDATE " + table + " SET times = times + ?, last_seen = " + dialect.now() + KEY
                + " AND state = 'ACCEPTED'";
        try (PreparedStatement statement = connection.prepareStatement(update)) {
            statement.setLong(1, finding.times());
            bindKey(statement, 2, finding.key());
            statement.executeUpdate();
        }
    }

    /** Adds the record of a key. If another instance was faster, its record stands. */
    public void insert(Connection connection, Finding finding) throws SQLException {
        insert(connection, finding.key().entity(), codec.encode(finding.key()), finding);
    }

    private void insert(Connection connection, String entity, byte[] key, Finding finding) throws SQLException {
        String insert = "INSERT INTO " + table + " (kind, fields, field_values, found_by, epoch, generation, counter,"
                + " times, migration, side, entity, entity_key, first_seen, last_seen, state)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, " + dialect.now() + ", " + dialect.now() + ", 'OPEN')"
                + (dialect == Dialect.POSTGRESQL ? " ON CONFLICT DO NOTHING" : "");
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            int next = tables.bind(statement, bind(statement, 1, finding));
            statement.setString(next, entity);
            statement.setBytes(next + 1, key);
            statement.executeUpdate();
        } catch (SQLException failure) {
            // Of the other databases: there a failed statement leaves the transaction as it was.
            if (!SqlFailure.isDuplicate(failure)) {
                throw failure;
            }
        }
    }

    private static int bind(PreparedStatement statement, int index, Finding finding) throws SQLException {
        statement.setString(index, finding.kind().name());
        statement.setString(index + 1, FieldText.shapes(finding.fields()));
        statement.setString(index + 2, FieldText.values(finding.fields()));
        statement.setString(index + 3, Text.cut(finding.foundBy(), 200));
        statement.setLong(index + 4, finding.epoch());
        statement.setLong(index + 5, finding.version().generation());
        statement.setLong(index + 6, finding.version().counter());
        statement.setLong(index + 7, finding.times());
        return index + 8;
    }

    private int bindKey(PreparedStatement statement, int index, EntityKey key) throws SQLException {
        int next = tables.bind(statement, index);
        statement.setString(next, key.entity());
        statement.setBytes(next + 1, codec.encode(key));
        return next + 2;
    }

    /** Counts findings for which there is no room. */
    public void addUnrecorded(Connection connection, long more, long epoch) throws SQLException {
        String update = "UPDATE " + table + " SET times = CASE WHEN state = 'OPEN' THEN times ELSE 0 END + ?,"
                + " last_seen = " + dialect.now() + ", state = 'OPEN'" + KEY;
        try (PreparedStatement statement = connection.prepareStatement(update)) {
            statement.setLong(1, more);
            int next = tables.bind(statement, 2);
            statement.setString(next, NO_ENTITY);
            statement.setBytes(next + 1, NO_KEY);
            if (statement.executeUpdate() > 0) {
                return;
            }
        }
        EntityKey nobody = new EntityKey(NO_ENTITY, NO_ENTITY);
        insert(
                connection,
                NO_ENTITY,
                NO_KEY,
                new Finding(nobody, Kind.DIFFERENT, List.of(), "no room", epoch, new Version(0, 0), more));
    }

    /** Forgets how many there was no room for; whether there were any. */
    public boolean forgetUnrecorded(Connection connection) throws SQLException {
        String update = "UPDATE " + table + " SET state = 'RESOLVED'" + KEY + " AND state = 'OPEN'";
        try (PreparedStatement statement = connection.prepareStatement(update)) {
            int next = tables.bind(statement, 1);
            statement.setString(next, NO_ENTITY);
            statement.setBytes(next + 1, NO_KEY);
            return statement.executeUpdate() > 0;
        }
    }

    /** Closes open records that are as they were seen; returns how many. */
    public int close(Connection connection, Collection<Discrepancy> seen, State as, String by, @Nullable String reason)
            throws SQLException {
        String update = "UPDATE " + table + " SET state = ?, closed_at = " + dialect.now()
                + ", closed_by = ?, closed_reason = ?" + KEY
                + " AND state = 'OPEN' AND epoch = ? AND generation = ? AND counter = ?";
        int closed = 0;
        try (PreparedStatement statement = connection.prepareStatement(update)) {
            for (Discrepancy one : seen) {
                statement.setString(1, as.name());
                statement.setString(2, by);
                statement.setString(3, reason);
                int next = bindKey(statement, 4, one.key());
                statement.setLong(next, one.finding().epoch());
                statement.setLong(next + 1, one.finding().version().generation());
                statement.setLong(next + 2, one.finding().version().counter());
                closed += statement.executeUpdate();
            }
        }
        return closed;
    }
}
