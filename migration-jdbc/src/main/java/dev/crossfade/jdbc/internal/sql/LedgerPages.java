package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.Ledger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All keys of a ledger, page by page in the ledger's own order.
 *
 * <p>Everything runs in the caller's transaction, as in {@link LedgerTable}. Safe for use by many threads.
 */
public final class LedgerPages {
    private final Tables tables;
    private final KeyCodec codec;
    private final LedgerTable ledger;

    public LedgerPages(LedgerTable ledger) {
        this.tables = ledger.tables();
        this.codec = ledger.codec();
        this.ledger = ledger;
    }

    /** A page of keys, whether pending or not, beginning behind {@code after}. */
    public List<EntityKey> page(Connection connection, @Nullable EntityKey after, int limit) throws SQLException {
        List<EntityKey> keys = new ArrayList<>();
        String entity = "";
        if (after != null) {
            entity = after.entity();
            addKeys(connection, "entity = ? AND entity_key > ?", List.of(entity, codec.encode(after)), limit, keys);
        }
        if (keys.size() < limit) {
            addKeys(connection, "entity > ?", List.of(entity), limit - keys.size(), keys);
        }
        return keys;
    }

    private void addKeys(
            Connection connection, String condition, List<Object> parameters, int limit, List<EntityKey> keys)
            throws SQLException {
        String select = tables.in("SELECT entity, entity_key FROM ${ledger} WHERE migration = ? AND side = ? AND "
                + condition + " ORDER BY migration, side, entity, entity_key LIMIT " + limit);
        try (PreparedStatement statement = connection.prepareStatement(select)) {
            int next = tables.bind(statement, 1);
            for (Object parameter : parameters) {
                statement.setObject(next++, parameter);
            }
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    keys.add(codec.decode(row.getString(1), row.getBytes(2)));
                }
            }
        }
    }

    /** The first {@code limit} keys of an entity behind {@code after}, and which of them were changed {@code since}. */
    public ChangedKeys changed(
            Connection connection, String entity, Instant since, @Nullable EntityKey after, int limit)
            throws SQLException {
        ChangedKeys changed = new ChangedKeys();
        // By the key alone: with the other columns H2 would sort all keys that are left.
        String select = tables.in("SELECT entity_key, changed_at FROM ${ledger} WHERE migration = ? AND side = ?"
                + " AND entity = ? AND entity_key > ? ORDER BY entity_key LIMIT " + limit);
        try (PreparedStatement statement = connection.prepareStatement(select)) {
            int next = tables.bind(statement, 1);
            statement.setString(next, entity);
            statement.setBytes(next + 1, after == null ? new byte[0] : codec.encode(after));
            try (ResultSet row = statement.executeQuery()) {
                for (int rows = 1; row.next(); rows++) {
                    byte[] key = row.getBytes(1);
                    if (!ledger.dialect().instant(row, 2).isBefore(since)) {
                        changed.add(key);
                    }
                    if (rows == limit) {
                        changed.endAt(key);
                    }
                }
            }
        }
        return changed;
    }

    /** What two ledgers say of one part of the keys: the one that both pages hold. */
    public Ledger.Changed both(String entity, ChangedKeys one, ChangedKeys other) {
        ChangedKeys both = one.and(other);
        byte[] end = both.end();
        return new Ledger.Changed(
                both.keys().stream().map(key -> codec.decode(entity, key)).toList(),
                end == null ? null : codec.decode(entity, end));
    }

    /**
     * Forgets a page of keys, tombstones and failures with them, but not those that wait for a person. Only
     * where nothing is dual-written: a version that a refresh under way still compares with must not be lost.
     *
     * @param after where the last call ended, {@code null} for the first
     * @return where this call ended; empty if there was nothing more
     */
    public Optional<EntityKey> purge(Connection connection, @Nullable EntityKey after, int limit) throws SQLException {
        FenceTable.requireTransaction(connection);
        List<EntityKey> page = page(connection, after, limit);
        Map<EntityKey, Row> rows = ledger.rows(connection, page);
        List<EntityKey> free = page.stream()
                .filter(key -> rows.containsKey(key) && !rows.get(key).held())
                .toList();
        for (List<Encoded<EntityKey>> chunk : Encoded.chunksByEntity(Encoded.sorted(codec, free))) {
            for (String table : List.of(tables.failure(), tables.ledger())) {
                try (PreparedStatement delete = connection.prepareStatement(
                        "DELETE FROM " + table + " WHERE " + InList.condition("", chunk.size()))) {
                    InList.bind(delete, tables.bind(delete, 1), chunk);
                    delete.executeUpdate();
                }
            }
        }
        return page.isEmpty() ? Optional.empty() : Optional.of(page.get(page.size() - 1));
    }
}
