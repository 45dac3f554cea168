package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.Version;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/** What the databases have in common that lock, read and write the ledger in several statements. */
abstract class StepwiseLedger implements LedgerSql {
    private final Tables tables;
    private final String lockFence;
    private final String postpone;
    private final String forget;

    StepwiseLedger(Dialect dialect, Tables tables) {
        this.tables = tables;
        this.lockFence = dialect.lockShared(tables, "role, epoch, generation");
        this.postpone = tables.in("""
                UPDATE ${ledger} SET pending_since = ${time}
                 WHERE migration = ? AND side = ? AND entity = ? AND entity_key = ? AND pending_since < ${time}
                """).replace("${time}", dialect.nowPlusMicros());
        this.forget = tables.in("""
                DELETE FROM ${failure} WHERE migration = ? AND side = ? AND entity = ? AND entity_key = ?
                   AND (generation < ? OR generation = ? AND counter <= ?)
                """);
    }

    final Tables tables() {
        return tables;
    }

    /** Locks the stripe shared; its generation if its role and epoch pass. */
    final OptionalLong lockFence(Connection connection, int stripe, FenceCheck check) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(lockFence)) {
            statement.setInt(tables.bind(statement, 1), stripe);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && check.passes(Role.valueOf(row.getString(1)), row.getLong(2))
                        ? OptionalLong.of(row.getLong(3))
                        : OptionalLong.empty();
            }
        }
    }

    /** Locks the stripe shared; its generation if a refresh that began at this epoch may write here. */
    final OptionalLong lockSecondary(Connection connection, int stripe, long epoch) throws SQLException {
        return lockFence(connection, stripe, (role, actual) -> role == Role.SECONDARY && actual <= epoch);
    }

    /** The keys' rows that are there, by {@link Encoded#identity}; {@code lock} is appended to the statement. */
    final <T> Map<List<Object>, Version> select(
            Connection connection, List<Encoded<T>> keys, long generation, String lock) throws SQLException {
        Map<List<Object>, Version> rows = new HashMap<>();
        for (List<Encoded<T>> chunk : Encoded.chunksByEntity(keys)) {
            String sql = tables.in("SELECT entity_key, generation, counter FROM ${ledger} WHERE ")
                    + InList.condition("", chunk.size()) + " ORDER BY entity_key " + lock;
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                InList.bind(statement, tables.bind(statement, 1), chunk);
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        rows.put(
                                Encoded.identity(chunk.get(0).entity(), row.getBytes(1)),
                                new Version(Math.max(row.getLong(2), generation), row.getLong(3)));
                    }
                }
            }
        }
        return rows;
    }

    @Override
    public final void acknowledge(
            Connection connection, List<Encoded<Version>> versions, long ago, Set<EntityKey> missed)
            throws SQLException {
        long generation = generation(connection);
        Map<List<Object>, Version> rows = select(connection, versions, generation, "FOR UPDATE SKIP LOCKED");
        List<Encoded<Version>> current = new ArrayList<>();
        List<Encoded<Version>> moved = new ArrayList<>();
        for (Encoded<Version> key : versions) {
            Version now = rows.get(Encoded.identity(key.entity(), key.bytes()));
            if (now == null) {
                missed.add(key.key());
            } else {
                (now.equals(key.value()) ? current : moved).add(key);
            }
        }
        for (List<Encoded<Version>> chunk : Encoded.chunksByEntity(current)) {
            clear(connection, tables.in("UPDATE ${ledger} SET pending_since = NULL WHERE "), chunk);
            clear(connection, tables.in("DELETE FROM ${failure} WHERE "), chunk);
        }
        if (!moved.isEmpty()) {
            postpone(connection, moved, ago);
        }
    }

    private void clear(Connection connection, String sql, List<Encoded<Version>> chunk) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql + InList.condition("", chunk.size()))) {
            InList.bind(statement, tables.bind(statement, 1), chunk);
            statement.executeUpdate();
        }
    }

    private void postpone(Connection connection, List<Encoded<Version>> moved, long ago) throws SQLException {
        try (PreparedStatement later = connection.prepareStatement(postpone);
                PreparedStatement forgotten = connection.prepareStatement(forget)) {
            for (Encoded<Version> key : moved) {
                later.setLong(1, -ago);
                later.setLong(bindKey(later, 2, key), -ago);
                later.addBatch();
                int next = bindKey(forgotten, 1, key);
                forgotten.setLong(next, key.value().generation());
                forgotten.setLong(next + 1, key.value().generation());
                forgotten.setLong(next + 2, key.value().counter());
                forgotten.addBatch();
            }
            later.executeBatch();
            forgotten.executeBatch();
        }
    }

    private long generation(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                tables.in("SELECT generation FROM ${fence} WHERE migration = ? AND side = ? AND stripe = 0"))) {
            tables.bind(statement, 1);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        }
    }

    /** Sets migration, side, entity and key. */
    final int bindKey(PreparedStatement statement, int index, Encoded<?> key) throws SQLException {
        int next = tables.bind(statement, index);
        statement.setString(next, key.entity());
        statement.setBytes(next + 1, key.bytes());
        return next + 2;
    }

    /** What a write asks of the fence. */
    interface FenceCheck {
        boolean passes(Role role, long epoch);
    }
}
