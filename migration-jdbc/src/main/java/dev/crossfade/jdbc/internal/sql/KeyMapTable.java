package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.spi.EntityKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Pairs of keys of one entity that belong together. A pair is written once and never changed. Safe for use by many
 * threads, each with its own connection.
 */
public final class KeyMapTable {
    private final Dialect dialect;
    private final String table;
    private final String migration;
    private final String entity;
    private final KeyCodec legacyCodec;
    private final KeyCodec newCodec;

    public KeyMapTable(
            Dialect dialect, String prefix, String migration, String entity, KeyCodec legacyCodec, KeyCodec newCodec) {
        Schema.checkPrefix(prefix);
        this.dialect = dialect;
        this.table = prefix + "key_map";
        this.migration = migration;
        this.entity = entity;
        this.legacyCodec = legacyCodec;
        this.newCodec = newCodec;
    }

    /** The new keys of those legacy keys that have one. */
    public Map<Object, Object> newOf(Connection connection, Collection<?> legacyKeys) throws SQLException {
        return find(connection, legacyKeys, legacyCodec, "legacy_key", newCodec, "new_key", "");
    }

    /** The legacy keys of those new keys that have one. */
    public Map<Object, Object> legacyOf(Connection connection, Collection<?> newKeys) throws SQLException {
        return find(connection, newKeys, newCodec, "new_key", legacyCodec, "legacy_key", "");
    }

    private Map<Object, Object> find(
            Connection connection,
            Collection<?> keys,
            KeyCodec codec,
            String column,
            KeyCodec otherCodec,
            String otherColumn,
            String lock)
            throws SQLException {
        Map<Object, Object> found = new HashMap<>();
        List<byte[]> encoded = new ArrayList<>(keys.size());
        keys.forEach(key -> encoded.add(codec.encode(new EntityKey(entity, key))));
        for (int from = 0; from < encoded.size(); from += Encoded.CHUNK) {
            List<byte[]> chunk = encoded.subList(from, Math.min(from + Encoded.CHUNK, encoded.size()));
            String select = "SELECT %s, %s FROM %s WHERE migration = ? AND entity = ? AND %s IN (%s)%s"
                    .formatted(column, otherColumn, table, column, InList.parameters(chunk.size()), lock);
            try (PreparedStatement statement = connection.prepareStatement(select)) {
                statement.setString(1, migration);
                statement.setString(2, entity);
                InList.bindKeys(statement, 3, chunk);
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        found.put(
                                codec.decode(entity, row.getBytes(1)).key(),
                                otherCodec.decode(entity, row.getBytes(2)).key());
                    }
                }
            }
        }
        return found;
    }

    /**
     * Writes those pairs whose legacy key has none yet, and says which new key each has from now on: the one given, or one
     * that another transaction has committed meanwhile. Waits for transactions that are writing the same keys, in an order
     * that lets no two of them wait for each other. A legacy key is left out if its new key belongs to another one.
     */
    public Map<Object, Object> add(Connection connection, Map<?, ?> newByLegacyKey) throws SQLException {
        FenceTable.requireTransaction(connection);
        Map<EntityKey, Object> pairs = new HashMap<>();
        newByLegacyKey.forEach((legacy, fresh) -> pairs.put(new EntityKey(entity, legacy), fresh));
        List<Encoded<Object>> sorted = Encoded.sorted(legacyCodec, pairs);
        insert(connection, sorted);
        // MariaDB would show a transaction of an older snapshot nothing but what it has inserted itself; the rows are
        // locked by the inserts already.
        String lock = dialect == Dialect.MARIADB ? " FOR UPDATE" : "";
        return find(connection, newByLegacyKey.keySet(), legacyCodec, "legacy_key", newCodec, "new_key", lock);
    }

    private void insert(Connection connection, List<Encoded<Object>> sorted) throws SQLException {
        List<String> columns = List.of("migration", "entity", "legacy_key", "new_key");
        // H2's form of it cannot compare binary parameters; there a failed statement leaves the transaction as it was.
        boolean onItsOwn = dialect == Dialect.H2;
        String insert = onItsOwn
                ? "INSERT INTO %s (%s) VALUES (?, ?, ?, ?)".formatted(table, String.join(", ", columns))
                : dialect.insertIfAbsent(table, columns, columns.subList(0, 3));
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            for (Encoded<Object> pair : sorted) {
                statement.setString(1, migration);
                statement.setString(2, entity);
                statement.setBytes(3, pair.bytes());
                statement.setBytes(4, newCodec.encode(new EntityKey(entity, pair.value())));
                if (onItsOwn) {
                    insertUnlessThere(statement);
                } else {
                    statement.addBatch();
                }
            }
            if (!onItsOwn) {
                statement.executeBatch();
            }
        }
    }

    private static void insertUnlessThere(PreparedStatement statement) throws SQLException {
        try {
            statement.executeUpdate();
        } catch (SQLException failure) {
            if (!SqlFailure.isDuplicate(failure)) {
                throw failure;
            }
        }
    }
}
