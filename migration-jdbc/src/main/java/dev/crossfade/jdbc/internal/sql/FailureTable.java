package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.ParkedKey;
import dev.crossfade.spi.Version;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Keys that wait for a person: a key is parked while its version is the one that was refused, and held whatever its version
 * where a person has to decide.
 *
 * <p>Everything runs in the caller's transaction, as in {@link LedgerTable}. Safe for use by many threads.
 */
public final class FailureTable {
    /** A failure at this counter holds the key back whatever its version becomes, until a person has decided. */
    static final long HELD = Long.MAX_VALUE;

    /** Whether the failure f is of the present version of the key. */
    static final String SAME_VERSION = "(f.counter = " + HELD + " OR f.counter = l.counter"
            + " AND GREATEST(f.generation, g.generation) = GREATEST(l.generation, g.generation))";

    /** Whether the present version of the key is one that a person has given up. */
    static final String DISCARDED = "(f.attempts = 0 AND " + SAME_VERSION + ")";

    static final String LEDGER_AND_FENCE =
            " FROM ${ledger} l JOIN ${fence} g ON g.migration = l.migration AND g.side = l.side AND g.stripe = 0";

    static final String FAILURE = " ${failure} f ON f.migration = l.migration AND f.side = l.side"
            + " AND f.entity = l.entity AND f.entity_key = l.entity_key";

    private final Dialect dialect;
    private final Tables tables;
    private final KeyCodec codec;
    private final LedgerTable ledger;
    private final String upsertFailure;

    public FailureTable(LedgerTable ledger) {
        this.dialect = ledger.dialect();
        this.tables = ledger.tables();
        this.codec = ledger.codec();
        this.ledger = ledger;
        this.upsertFailure = dialect.ledger(tables).upsertFailure();
    }

    /**
     * Parks the key at this version.
     *
     * @param attempts how many refreshes of it were refused, 1 or more; 1 also where none was tried
     * @param reason   a class of failure, cut to 200 characters
     */
    public void park(Connection connection, EntityKey key, Version version, int attempts, String reason)
            throws SQLException {
        Encoded<Version> encoded = new Encoded<>(key, codec.encode(key), version);
        try {
            upsertFailure(connection, encoded, attempts, reason);
        } catch (SQLException e) {
            if (!SqlFailure.isDuplicate(e)) {
                throw e;
            }
            upsertFailure(connection, encoded, attempts, reason);
        }
    }

    private void upsertFailure(Connection connection, Encoded<Version> key, int attempts, String reason)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(upsertFailure)) {
            int next = tables.bind(statement, 1);
            statement.setString(next, key.entity());
            statement.setBytes(next + 1, key.bytes());
            statement.setLong(next + 2, key.value().generation());
            statement.setLong(next + 3, key.value().counter());
            statement.setInt(next + 4, attempts);
            statement.setString(next + 5, Text.cut(reason, 200));
            statement.executeUpdate();
        }
    }

    /** Parked keys, those first that have been pending longest. */
    public List<ParkedKey> parked(Connection connection, int max) throws SQLException {
        String select = tables.in("SELECT l.entity, l.entity_key, f.parked_reason, f.attempts, "
                + dialect.microsSince("l.pending_since") + LEDGER_AND_FENCE + " JOIN" + FAILURE + " WHERE"
                + ledger.isPending()
                + " AND " + SAME_VERSION + " ORDER BY l.pending_since LIMIT ?");
        List<ParkedKey> parked = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(select)) {
            statement.setInt(tables.bind(statement, 1), max);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    parked.add(new ParkedKey(
                            codec.decode(row.getString(1), row.getBytes(2)),
                            row.getString(3),
                            row.getInt(4),
                            Duration.of(Math.max(0, row.getLong(5)), ChronoUnit.MICROS)));
                }
            }
        }
        return parked;
    }

    /**
     * Parks keys for a person, whatever is written to them from now on, at versions above those of the other side: once
     * they are released, this side's state is the one that stays.
     *
     * @param epoch  at which this side is primary
     * @param others what the other side's ledger holds of them
     * @param reason at most 200 characters
     * @return false if this side is not primary at this epoch, and then nothing was written
     */
    public boolean hold(Connection connection, int stripe, long epoch, Map<EntityKey, Version> others, String reason)
            throws SQLException {
        if (ledger.mark(connection, stripe, epoch, List.copyOf(others.keySet())).isEmpty()) {
            return false;
        }
        String lift = tables.in("UPDATE ${ledger} SET generation = GREATEST(generation, ?),"
                + " counter = GREATEST(counter, ? + 1)"
                + " WHERE migration = ? AND side = ? AND entity = ? AND entity_key = ?");
        for (Encoded<Version> key : Encoded.sorted(codec, others)) {
            try (PreparedStatement statement = connection.prepareStatement(lift)) {
                statement.setLong(1, key.value().generation());
                statement.setLong(2, key.value().counter());
                int next = tables.bind(statement, 3);
                statement.setString(next, key.entity());
                statement.setBytes(next + 1, key.bytes());
                statement.executeUpdate();
            }
            park(connection, key.key(), new Version(HELD, HELD), 1, reason);
        }
        return true;
    }

    /** Of these keys, those that are held back for a person, locked against writes until the transaction ends. */
    public List<EntityKey> lockHeld(Connection connection, Collection<EntityKey> keys) throws SQLException {
        FenceTable.requireTransaction(connection);
        List<EntityKey> held = new ArrayList<>();
        for (Encoded<EntityKey> key : Encoded.sorted(codec, keys)) {
            try (PreparedStatement lock = prepareForKey(connection, "UPDATE ${ledger} SET counter = counter", key, 1)) {
                lock.executeUpdate();
            }
            Row row = ledger.rows(connection, List.of(key.key())).get(key.key());
            if (row != null && row.held()) {
                held.add(key.key());
            }
        }
        return held;
    }

    /** Keys that are held back for a person, those first that have been pending longest. */
    public List<EntityKey> held(Connection connection, int max) throws SQLException {
        String select = tables.in("SELECT l.entity, l.entity_key" + LEDGER_AND_FENCE + " JOIN" + FAILURE + " WHERE"
                + ledger.isPending() + " AND f.counter = " + HELD + " ORDER BY l.pending_since LIMIT ?");
        List<EntityKey> held = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(select)) {
            statement.setInt(tables.bind(statement, 1), max);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    held.add(codec.decode(row.getString(1), row.getBytes(2)));
                }
            }
        }
        return held;
    }

    /**
     * Gives parked keys a fresh start, as if they had only been marked: their rows are no longer expected on the primary.
     *
     * @return how many of them were parked
     */
    public int retry(Connection connection, Collection<EntityKey> keys) throws SQLException {
        String delete = "DELETE FROM ${failure}";
        return release(connection, keys, "UPDATE ${ledger} SET last_change = 'M'", (key, version) -> {
                    try (PreparedStatement forget = prepareForKey(connection, delete, key, 1)) {
                        forget.executeUpdate();
                    }
                })
                .size();
    }

    /**
     * Gives parked keys up at their version: the stores may differ in them from now on, until a later version crosses.
     * Returns the keys that were parked.
     */
    public List<EntityKey> discard(Connection connection, Collection<EntityKey> keys) throws SQLException {
        String note = "UPDATE ${failure} SET generation = ?, counter = ?, attempts = 0";
        return release(connection, keys, "UPDATE ${ledger} SET pending_since = NULL", (key, version) -> {
            try (PreparedStatement discarded = prepareForKey(connection, note, key, 3)) {
                discarded.setLong(1, version.generation());
                discarded.setLong(2, version.counter());
                discarded.executeUpdate();
            }
        });
    }

    /** What becomes of the failure of a key that is parked no more. */
    private interface Afterwards {
        void run(Encoded<EntityKey> key, Version version) throws SQLException;
    }

    /** Updates parked keys that no writer has raised meanwhile. */
    private List<EntityKey> release(
            Connection connection, Collection<EntityKey> keys, String update, Afterwards afterwards)
            throws SQLException {
        FenceTable.requireTransaction(connection);
        List<EntityKey> released = new ArrayList<>();
        for (List<Encoded<EntityKey>> chunk : Encoded.chunksByEntity(Encoded.sorted(codec, keys))) {
            Map<List<Object>, Version> parked = parkedVersions(connection, chunk);
            for (Encoded<EntityKey> key : chunk) {
                Version version = parked.get(Encoded.identity(key.entity(), key.bytes()));
                if (version != null && update(connection, update, key, version)) {
                    afterwards.run(key, version);
                    released.add(key.key());
                }
            }
        }
        return released;
    }

    /** Versions as the rows hold them, not effective ones: they serve to compare and set. */
    private Map<List<Object>, Version> parkedVersions(Connection connection, List<Encoded<EntityKey>> chunk)
            throws SQLException {
        String select = tables.in("SELECT l.entity_key, l.generation, l.counter" + LEDGER_AND_FENCE + " JOIN" + FAILURE
                + " WHERE " + InList.condition("l.", chunk.size())
                + " AND l.pending_since IS NOT NULL AND " + SAME_VERSION);
        Map<List<Object>, Version> parked = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(select)) {
            InList.bind(statement, tables.bind(statement, 1), chunk);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    parked.put(
                            Encoded.identity(chunk.get(0).entity(), row.getBytes(1)),
                            new Version(row.getLong(2), row.getLong(3)));
                }
            }
        }
        return parked;
    }

    private boolean update(Connection connection, String update, Encoded<EntityKey> key, Version version)
            throws SQLException {
        String where = " WHERE migration = ? AND side = ? AND entity = ? AND entity_key = ?"
                + " AND generation = ? AND counter = ? AND pending_since IS NOT NULL";
        try (PreparedStatement statement = connection.prepareStatement(tables.in(update + where))) {
            int next = tables.bind(statement, 1);
            statement.setString(next, key.entity());
            statement.setBytes(next + 1, key.bytes());
            statement.setLong(next + 2, version.generation());
            statement.setLong(next + 3, version.counter());
            return statement.executeUpdate() == 1;
        }
    }

    /** Sets the parameters that tell the key, from {@code index} on. */
    private PreparedStatement prepareForKey(Connection connection, String statement, Encoded<?> key, int index)
            throws SQLException {
        PreparedStatement prepared = connection.prepareStatement(
                tables.in(statement + " WHERE migration = ? AND side = ? AND entity = ? AND entity_key = ?"));
        int next = tables.bind(prepared, index);
        prepared.setString(next, key.entity());
        prepared.setBytes(next + 1, key.bytes());
        return prepared;
    }
}
