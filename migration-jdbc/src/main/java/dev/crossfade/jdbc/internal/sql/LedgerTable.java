package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.Side;
import dev.crossfade.spi.Change;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.ParkedKey;
import dev.crossfade.spi.Touch;
import dev.crossfade.spi.Version;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The ledger of one side: one row per key that was ever written or marked, with its version.
 *
 * <p>A row's effective version is its own with the generation raised to that of the fence; a row that is missing counts
 * as counter 0 of that generation. Every comparison uses the effective version.
 *
 * <p>Everything runs in the caller's transaction, and what it locks stays locked until that ends. {@link #raise} may run
 * at any isolation level; the rest expects READ COMMITTED. A call that fails leaves the transaction to be rolled back;
 * {@link SqlFailure} tells whether to try again. Keys are locked in one order everywhere, so that calls do not wait for
 * each other in a circle. Safe for use by many threads, each with its own connection.
 *
 * <p>Bytes per key, table and indexes, 100 000 keys written and acknowledged twice: PostgreSQL 280 to 320 with {@code
 * Long} keys and 370 to 460 with text of 36 characters (175 and 230 before the first acknowledgement); MariaDB 130 to 190
 * and 215 to 290, where keys in rising order take the lower and keys at random the higher number; H2 about 40 and 70,
 * compressed. On PostgreSQL, writes of a key that is pending already stay in place and touch no index.
 */
public final class LedgerTable {
    /** A failure at this counter holds the key back whatever its version becomes, until a person has decided. */
    private static final long HELD = Long.MAX_VALUE;

    private static final String SAME_VERSION = "(f.counter = " + HELD + " OR f.counter = l.counter"
            + " AND GREATEST(f.generation, g.generation) = GREATEST(l.generation, g.generation))";

    private static final String LEDGER_AND_FENCE =
            " FROM ${ledger} l JOIN ${fence} g ON g.migration = l.migration AND g.side = l.side AND g.stripe = 0";

    private static final String FAILURE = " ${failure} f ON f.migration = l.migration AND f.side = l.side"
            + " AND f.entity = l.entity AND f.entity_key = l.entity_key";

    private final Dialect dialect;
    private final Tables tables;
    private final KeyCodec codec;
    private final FenceTable fence;
    private final LedgerSql sql;
    private final String isPending;

    /**
     * @param prefix    of the tables' names, {@code [a-z][a-z0-9_]{0,20}}
     * @param migration the migration's name, at most 64 characters
     * @param side      the side whose store the ledger stands in
     */
    public LedgerTable(Dialect dialect, String prefix, String migration, Side side, KeyCodec codec) {
        this.dialect = dialect;
        this.tables = new Tables(prefix, migration, side);
        this.codec = codec;
        this.fence = new FenceTable(dialect, prefix, migration, side);
        this.sql = dialect.ledger(tables);
        this.isPending = " l.migration = ? AND l.side = ? AND " + dialect.isSet("l.pending_since");
    }

    /**
     * Raises the version of every touched key and makes it pending; of several touches of one key the last one counts.
     * To be called last before the user's commit: the fence and the rows stay locked until then, so versions of one key
     * follow the order of commits. One round trip for up to 500 keys on PostgreSQL and MariaDB.
     *
     * <p>Without touches it only checks and locks the fence.
     *
     * @param stripe the caller's number modulo {@value FenceTable#STRIPES}
     * @param epoch  at which the caller believes this side to be primary
     * @return false if the fence is not PRIMARY at this epoch, and then nothing was written and the transaction must be
     *         rolled back
     */
    public boolean raise(Connection connection, int stripe, long epoch, List<Touch> touches) throws SQLException {
        return raise(connection, stripe, epoch, touches, null);
    }

    /**
     * As {@link #raise}, for a caller who commits right afterwards: where the database and its driver can, it commits in
     * the round trip that raises the versions, and the caller's COMMIT has nothing left to do.
     *
     * @throws AmbiguousCommit if it is not known whether the transaction was committed
     */
    public boolean raiseBeforeCommit(Connection connection, int stripe, long epoch, List<Touch> touches)
            throws SQLException {
        return raise(connection, stripe, epoch, touches, sql.withCommit(connection));
    }

    private boolean raise(
            Connection connection,
            int stripe,
            long epoch,
            List<Touch> touches,
            LedgerSql.@Nullable WithCommit withCommit)
            throws SQLException {
        FenceTable.requireTransaction(connection);
        if (touches.isEmpty()) {
            if (withCommit != null) {
                return withCommit.check(stripe, epoch);
            }
            return fence.lockShared(connection, stripe)
                    .filter(row -> row.role() == Role.PRIMARY && row.epoch() == epoch)
                    .isPresent();
        }
        Map<EntityKey, Change> changes = new HashMap<>();
        touches.forEach(touch -> changes.put(touch.key(), touch.change()));
        Iterator<List<Encoded<Change>>> chunks =
                Encoded.chunks(Encoded.sorted(codec, changes)).iterator();
        boolean held = true;
        while (held && chunks.hasNext()) {
            List<Encoded<Change>> chunk = chunks.next();
            held = (withCommit != null && !chunks.hasNext())
                    ? withCommit.raise(stripe, epoch, chunk)
                    : sql.raise(connection, stripe, epoch, chunk);
        }
        return held;
    }

    /**
     * Makes keys pending without a write: raises their versions, and notes a mark where nothing else was pending.
     * Accepted in PRIMARY and DRAINING at this epoch.
     *
     * @return how many keys were marked; empty if refused, and then nothing was written
     */
    public OptionalInt mark(Connection connection, int stripe, long epoch, List<EntityKey> keys) throws SQLException {
        FenceTable.requireTransaction(connection);
        if (keys.isEmpty()) {
            return fence.lockShared(connection, stripe)
                            .filter(row -> row.role() == Role.PRIMARY || row.role() == Role.DRAINING)
                            .filter(row -> row.epoch() == epoch)
                            .isPresent()
                    ? OptionalInt.of(0)
                    : OptionalInt.empty();
        }
        List<Encoded<EntityKey>> sorted = Encoded.sorted(codec, keys);
        for (List<Encoded<EntityKey>> chunk : Encoded.chunks(sorted)) {
            if (!sql.mark(connection, stripe, epoch, chunk)) {
                return OptionalInt.empty();
            }
        }
        return OptionalInt.of(sorted.size());
    }

    /** What the ledger holds of these keys, without locks; a key without a row is left out. */
    public Map<EntityKey, Row> rows(Connection connection, Collection<EntityKey> keys) throws SQLException {
        Map<EntityKey, Row> rows = new HashMap<>();
        for (List<Encoded<EntityKey>> chunk : Encoded.chunksByEntity(Encoded.sorted(codec, keys))) {
            String select = tables.in("SELECT l.entity_key, g.generation, l.generation, l.counter, l.last_change,"
                    + " CASE WHEN l.pending_since IS NULL THEN 0 ELSE 1 END, CASE WHEN f.counter = " + HELD
                    + " THEN 1 ELSE 0 END" + LEDGER_AND_FENCE + " LEFT JOIN" + FAILURE
                    + " WHERE " + InList.condition("l.", chunk.size()));
            try (PreparedStatement statement = connection.prepareStatement(select)) {
                InList.bind(statement, tables.bind(statement, 1), chunk);
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        Version stored = new Version(row.getLong(3), row.getLong(4));
                        rows.put(
                                codec.decode(chunk.get(0).entity(), row.getBytes(1)),
                                new Row(
                                        new Version(Math.max(row.getLong(2), stored.generation()), stored.counter()),
                                        stored,
                                        Changes.of(row.getString(5)),
                                        row.getInt(6) == 1,
                                        row.getInt(7) == 1));
                    }
                }
            }
        }
        return rows;
    }

    /**
     * Raises keys of the secondary to what a refresh has read, where they are behind, and locks all of them. The caller
     * writes the entities of the returned keys in the same transaction, and no others.
     *
     * @param epoch at which the refresh began
     * @return the keys that were behind; empty if the fence is not SECONDARY, or at a later epoch, and then nothing was
     *         written
     */
    public Optional<Set<EntityKey>> raiseTo(
            Connection connection, int stripe, long epoch, Map<EntityKey, Applied> versions) throws SQLException {
        FenceTable.requireTransaction(connection);
        Set<EntityKey> behind = new HashSet<>();
        if (versions.isEmpty()) {
            return fence.lockShared(connection, stripe)
                    .filter(row -> row.role() == Role.SECONDARY && row.epoch() <= epoch)
                    .map(row -> behind);
        }
        for (List<Encoded<Applied>> chunk : Encoded.chunks(Encoded.sorted(codec, versions))) {
            if (!sql.raiseTo(connection, stripe, epoch, chunk, behind)) {
                return Optional.empty();
            }
        }
        return Optional.of(behind);
    }

    /**
     * Notes that the other side has these versions. A key that is still at its version becomes clean; one that has moved
     * on stays pending, counted from {@code readAt}. Rows that a writer has locked are left as they are, never waited
     * for. Forgets failures of these versions.
     *
     * @param readAt the time of this database ({@link #now}) at which the versions were read
     */
    public void acknowledge(Connection connection, Map<EntityKey, Version> versions, Instant readAt)
            throws SQLException {
        FenceTable.requireTransaction(connection);
        for (List<Encoded<Version>> chunk : Encoded.chunks(Encoded.sorted(codec, versions))) {
            sql.acknowledge(connection, chunk, readAt);
        }
    }

    /** Keys that are due for a refresh, oldest first: neither parked nor waiting for their next try. */
    public List<PendingRow> pending(Connection connection, int limit) throws SQLException {
        String select = tables.in("SELECT l.entity, l.entity_key, GREATEST(l.generation, g.generation), l.counter,"
                + " l.last_change, COALESCE(f.attempts, 0)" + LEDGER_AND_FENCE + " LEFT JOIN" + FAILURE
                + " WHERE" + isPending + " AND (f.migration IS NULL OR NOT (" + SAME_VERSION + ")"
                + " OR f.parked_reason IS NULL AND f.due_at <= " + dialect.now() + ")"
                + " ORDER BY l.pending_since LIMIT ?");
        List<PendingRow> pending = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(select)) {
            statement.setInt(tables.bind(statement, 1), limit);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    pending.add(new PendingRow(
                            codec.decode(row.getString(1), row.getBytes(2)),
                            new Version(row.getLong(3), row.getLong(4)),
                            Changes.of(row.getString(5)),
                            row.getInt(6)));
                }
            }
        }
        return pending;
    }

    /** The database's time. */
    public Instant now(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT " + dialect.now());
                ResultSet row = statement.executeQuery()) {
            row.next();
            return dialect.instant(row, 1);
        }
    }

    /**
     * What waits.
     *
     * @param countUpTo bounds the count of pending keys, and so what the count costs
     */
    public Backlog backlog(Connection connection, int countUpTo) throws SQLException {
        String pending = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM ${ledger} l WHERE" + isPending + " LIMIT "
                + countUpTo + ") c";
        String parked = "SELECT COUNT(*)" + LEDGER_AND_FENCE + " JOIN" + FAILURE + " WHERE" + isPending
                + " AND f.parked_reason IS NOT NULL AND " + SAME_VERSION;
        String lag = "SELECT " + dialect.microsSince("l.pending_since") + LEDGER_AND_FENCE + " LEFT JOIN" + FAILURE
                + " WHERE" + isPending + " AND (f.parked_reason IS NULL OR NOT (" + SAME_VERSION + "))"
                + " ORDER BY l.pending_since LIMIT 1";
        // Asked first: as a rule nothing is parked, and the join may read every pending row to find that out.
        boolean anyParked = number(
                        connection,
                        "SELECT 1 FROM ${failure} WHERE migration = ? AND side = ? AND parked_reason IS NOT NULL LIMIT 1")
                == 1;
        return new Backlog(
                (int) number(connection, pending),
                anyParked ? (int) number(connection, parked) : 0,
                Duration.of(Math.max(0, number(connection, lag)), ChronoUnit.MICROS));
    }

    /** Whether nothing is pending, parked keys included. */
    public boolean isSettled(Connection connection) throws SQLException {
        return number(connection, "SELECT 1 FROM ${ledger} l WHERE" + isPending + " LIMIT 1") == 0;
    }

    /**
     * Notes that a refresh of the key failed at this version.
     *
     * @param pause        until the next try
     * @param parkedReason a class of failure, at most 200 characters, if a person is to look at the key; else
     *                     {@code null}
     * @return how many refreshes of the key have failed since it was last clean
     */
    public int fail(
            Connection connection, EntityKey key, Version version, Duration pause, @Nullable String parkedReason)
            throws SQLException {
        Encoded<Version> encoded = new Encoded<>(key, codec.encode(key), version);
        try {
            upsertFailure(connection, encoded, pause, parkedReason);
        } catch (SQLException e) {
            if (!SqlFailure.isDuplicate(e)) {
                throw e;
            }
            upsertFailure(connection, encoded, pause, parkedReason);
        }
        try (PreparedStatement statement = prepareForKey(connection, "SELECT attempts FROM ${failure}", encoded);
                ResultSet row = statement.executeQuery()) {
            return row.next() ? row.getInt(1) : 0;
        }
    }

    private void upsertFailure(
            Connection connection, Encoded<Version> key, Duration pause, @Nullable String parkedReason)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.upsertFailure())) {
            int next = tables.bind(statement, 1);
            statement.setString(next, key.entity());
            statement.setBytes(next + 1, key.bytes());
            statement.setLong(next + 2, key.value().generation());
            statement.setLong(next + 3, key.value().counter());
            statement.setLong(next + 4, pause.toNanos() / 1000);
            statement.setString(next + 5, parkedReason);
            statement.executeUpdate();
        }
    }

    /** Parked keys, those first that have been pending longest. */
    public List<ParkedKey> parked(Connection connection, int max) throws SQLException {
        String select = tables.in("SELECT l.entity, l.entity_key, f.parked_reason, f.attempts, "
                + dialect.microsSince("l.pending_since") + LEDGER_AND_FENCE + " JOIN" + FAILURE + " WHERE" + isPending
                + " AND f.parked_reason IS NOT NULL AND " + SAME_VERSION + " ORDER BY l.pending_since LIMIT ?");
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
        if (mark(connection, stripe, epoch, List.copyOf(others.keySet())).isEmpty()) {
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
            fail(connection, key.key(), new Version(HELD, HELD), Duration.ZERO, reason);
        }
        return true;
    }

    /** Of these keys, those that are held back for a person, locked against writes until the transaction ends. */
    public List<EntityKey> lockHeld(Connection connection, Collection<EntityKey> keys) throws SQLException {
        FenceTable.requireTransaction(connection);
        List<EntityKey> held = new ArrayList<>();
        for (Encoded<EntityKey> key : Encoded.sorted(codec, keys)) {
            try (PreparedStatement lock = prepareForKey(connection, "UPDATE ${ledger} SET counter = counter", key)) {
                lock.executeUpdate();
            }
            Row row = rows(connection, List.of(key.key())).get(key.key());
            if (row != null && row.held()) {
                held.add(key.key());
            }
        }
        return held;
    }

    /** Keys that are held back for a person, those first that have been pending longest. */
    public List<EntityKey> held(Connection connection, int max) throws SQLException {
        String select = tables.in("SELECT l.entity, l.entity_key" + LEDGER_AND_FENCE + " JOIN" + FAILURE + " WHERE"
                + isPending + " AND f.counter = " + HELD + " ORDER BY l.pending_since LIMIT ?");
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
        return release(connection, keys, "UPDATE ${ledger} SET last_change = 'M'")
                .size();
    }

    /** Forgets parked keys: the stores may differ in them from now on. Returns the keys that were parked. */
    public List<EntityKey> discard(Connection connection, Collection<EntityKey> keys) throws SQLException {
        return release(connection, keys, "UPDATE ${ledger} SET pending_since = NULL");
    }

    /** Updates parked keys that no writer has raised meanwhile, and deletes their failures. */
    private List<EntityKey> release(Connection connection, Collection<EntityKey> keys, String update)
            throws SQLException {
        FenceTable.requireTransaction(connection);
        List<EntityKey> released = new ArrayList<>();
        for (List<Encoded<EntityKey>> chunk : Encoded.chunksByEntity(Encoded.sorted(codec, keys))) {
            Map<List<Object>, Version> parked = parkedVersions(connection, chunk);
            for (Encoded<EntityKey> key : chunk) {
                Version version = parked.get(Encoded.identity(key.entity(), key.bytes()));
                if (version != null && update(connection, update, key, version)) {
                    try (PreparedStatement delete = prepareForKey(connection, "DELETE FROM ${failure}", key)) {
                        delete.executeUpdate();
                    }
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
                + " AND l.pending_since IS NOT NULL AND f.parked_reason IS NOT NULL AND " + SAME_VERSION);
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

    /** Keys of the ledger in its own order, whether pending or not, beginning behind {@code after}. */
    public List<EntityKey> allKeys(Connection connection, @Nullable EntityKey after, int limit) throws SQLException {
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

    /**
     * Forgets keys in the ledger's own order, tombstones and failures with them, but not those that wait for a person. Only
     * where nothing is dual-written: a version that a refresh under way still compares with must not be lost.
     *
     * @param after where the last call ended, {@code null} for the first
     * @return where this call ended; empty if there was nothing more
     */
    public Optional<EntityKey> purge(Connection connection, @Nullable EntityKey after, int limit) throws SQLException {
        FenceTable.requireTransaction(connection);
        List<EntityKey> page = allKeys(connection, after, limit);
        Map<EntityKey, Row> rows = rows(connection, page);
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

    /** The sum of all keys' counters: every write and every mark raises it. */
    public long sumOfCounters(Connection connection) throws SQLException {
        return number(connection, "SELECT SUM(l.counter) FROM ${ledger} l WHERE l.migration = ? AND l.side = ?");
    }

    private long number(Connection connection, String select) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(tables.in(select))) {
            tables.bind(statement, 1);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        }
    }

    private PreparedStatement prepareForKey(Connection connection, String statement, Encoded<?> key)
            throws SQLException {
        PreparedStatement prepared = connection.prepareStatement(
                tables.in(statement + " WHERE migration = ? AND side = ? AND entity = ? AND entity_key = ?"));
        int next = tables.bind(prepared, 1);
        prepared.setString(next, key.entity());
        prepared.setBytes(next + 1, key.bytes());
        return prepared;
    }
}
