package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.Side;
import dev.crossfade.spi.Change;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.Touch;
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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The ledger of one side: one row per key that was ever written or marked, with its version and when it came to that.
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
 * compressed. These were measured without {@code changed_at}, which adds 8 bytes a row. On PostgreSQL, writes of a key that
 * is pending already stay in place and touch no index.
 */
public final class LedgerTable {
    /** How long a statement of a refresh may take. */
    public static final Duration REFRESH_LIMIT = Duration.ofSeconds(30);

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

    Dialect dialect() {
        return dialect;
    }

    Tables tables() {
        return tables;
    }

    KeyCodec codec() {
        return codec;
    }

    /** Whether the row l is one that the other side may be behind on, with the parameters migration and side. */
    String isPending() {
        return isPending;
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
        FenceTable.requireTransaction(connection);
        return touches.isEmpty()
                ? isPrimary(connection, stripe, epoch)
                : raise(connection, stripe, epoch, Cause.WRITE, chunks(touches));
    }

    /**
     * As {@link #raise}, for a caller who commits right afterwards: where the database and its driver can, it commits in
     * the round trip that raises the versions, and the caller's COMMIT has nothing left to do.
     *
     * @throws AmbiguousCommit if it is not known whether the transaction was committed
     */
    public boolean raiseBeforeCommit(Connection connection, int stripe, long epoch, List<Touch> touches)
            throws SQLException {
        LedgerSql.WithCommit withCommit = sql.withCommit(connection);
        if (withCommit == null) {
            return raise(connection, stripe, epoch, touches);
        }
        FenceTable.requireTransaction(connection);
        if (touches.isEmpty()) {
            return withCommit.check(stripe, epoch);
        }
        List<List<Encoded<Change>>> chunks = chunks(touches);
        int last = chunks.size() - 1;
        return raise(connection, stripe, epoch, Cause.WRITE, chunks.subList(0, last))
                && withCommit.raise(stripe, epoch, chunks.get(last));
    }

    private boolean isPrimary(Connection connection, int stripe, long epoch) throws SQLException {
        return fence.lockShared(connection, stripe)
                .filter(row -> row.role() == Role.PRIMARY && row.epoch() == epoch)
                .isPresent();
    }

    private List<List<Encoded<Change>>> chunks(List<Touch> touches) {
        Map<EntityKey, Change> changes = new HashMap<>();
        touches.forEach(touch -> changes.put(touch.key(), touch.change()));
        return Encoded.chunks(Encoded.sorted(codec, changes));
    }

    private boolean raise(
            Connection connection, int stripe, long epoch, Cause cause, List<List<Encoded<Change>>> chunks)
            throws SQLException {
        for (List<Encoded<Change>> chunk : chunks) {
            if (!sql.raise(connection, stripe, epoch, cause, chunk)) {
                return false;
            }
        }
        return true;
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
        Map<EntityKey, Change> marks = new HashMap<>();
        keys.forEach(key -> marks.put(key, Change.MARKED));
        return raise(connection, stripe, epoch, Cause.MARK, Encoded.chunks(Encoded.sorted(codec, marks)))
                ? OptionalInt.of(marks.size())
                : OptionalInt.empty();
    }

    /** What the ledger holds of these keys, without locks; a key without a row is left out. */
    public Map<EntityKey, Row> rows(Connection connection, Collection<EntityKey> keys) throws SQLException {
        Map<EntityKey, Row> rows = new HashMap<>();
        for (List<Encoded<EntityKey>> chunk : Encoded.chunksByEntity(Encoded.sorted(codec, keys))) {
            String select = tables.in("SELECT l.entity_key, g.generation, l.generation, l.counter, l.last_change,"
                    + " CASE WHEN l.pending_since IS NULL THEN 0 ELSE 1 END, CASE WHEN f.counter = " + FailureTable.HELD
                    + " THEN 1 ELSE 0 END, CASE WHEN l.pending_since IS NULL AND " + FailureTable.DISCARDED
                    + " THEN 1 ELSE 0 END" + FailureTable.LEDGER_AND_FENCE + " LEFT JOIN" + FailureTable.FAILURE
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
                                        row.getInt(7) == 1,
                                        row.getInt(8) == 1));
                    }
                }
            }
        }
        return rows;
    }

    /**
     * Raises keys of the secondary to what a refresh has read, where they are behind, and locks all of them. The caller
     * writes the entities of the returned keys in the same transaction, and no others. PostgreSQL ends a statement of this
     * transaction after {@link #REFRESH_LIMIT} from here on; the other databases end waits for a lock by themselves.
     *
     * @param epoch at which the refresh began
     * @return the keys that were behind; empty if the fence is not SECONDARY, at a later epoch, or of a later generation
     *         than one of the versions, and then nothing was written
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
        // Of a version that the fence has left behind nothing would be written, and yet the key would count as done.
        long generation = versions.values().stream()
                .mapToLong(applied -> applied.version().generation())
                .min()
                .getAsLong();
        for (List<Encoded<Applied>> chunk : Encoded.chunks(Encoded.sorted(codec, versions))) {
            if (!sql.raiseTo(connection, stripe, epoch, generation, chunk, behind)) {
                return Optional.empty();
            }
        }
        return Optional.of(behind);
    }

    /**
     * Notes that the other side has these versions. A key that is still at its version becomes clean; one that has moved
     * on stays pending, counted from when the versions were read. Rows that a writer has locked are left as they are, never waited for: it
     * may roll back, and so may another acknowledgement. Forgets failures of these versions.
     *
     * @param ago how long ago the versions were read
     * @return the keys of which nothing was noted, because their row is locked
     */
    public Set<EntityKey> acknowledge(Connection connection, Map<EntityKey, Version> versions, Duration ago)
            throws SQLException {
        FenceTable.requireTransaction(connection);
        Set<EntityKey> missed = new HashSet<>();
        for (List<Encoded<Version>> chunk : Encoded.chunks(Encoded.sorted(codec, versions))) {
            sql.acknowledge(connection, chunk, ago.toNanos() / 1_000, missed);
        }
        return missed;
    }

    /** Keys that are due for a refresh, oldest first: those that are not parked. */
    public List<EntityKey> pending(Connection connection, int limit) throws SQLException {
        String select = tables.in("SELECT l.entity, l.entity_key" + FailureTable.LEDGER_AND_FENCE + " LEFT JOIN"
                + FailureTable.FAILURE
                + " WHERE" + isPending + " AND (f.migration IS NULL OR NOT " + FailureTable.SAME_VERSION + ")"
                + " ORDER BY l.pending_since LIMIT ?");
        List<EntityKey> pending = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(select)) {
            statement.setInt(tables.bind(statement, 1), limit);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    pending.add(codec.decode(row.getString(1), row.getBytes(2)));
                }
            }
        }
        return pending;
    }

    /**
     * What waits.
     *
     * @param countUpTo bounds the count of pending keys, and so what the count costs
     */
    public Backlog backlog(Connection connection, int countUpTo) throws SQLException {
        String pending = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM ${ledger} l WHERE" + isPending + " LIMIT "
                + countUpTo + ") c";
        String parked = "SELECT COUNT(*)" + FailureTable.LEDGER_AND_FENCE + " JOIN" + FailureTable.FAILURE + " WHERE"
                + isPending + " AND " + FailureTable.SAME_VERSION;
        String lag = "SELECT " + dialect.microsSince("l.pending_since") + FailureTable.LEDGER_AND_FENCE + " LEFT JOIN"
                + FailureTable.FAILURE
                + " WHERE" + isPending + " AND (f.migration IS NULL OR NOT " + FailureTable.SAME_VERSION + ")"
                + " ORDER BY l.pending_since LIMIT 1";
        // Asked first: as a rule nothing is parked, and the join may read every pending row to find that out.
        boolean anyParked =
                number(connection, "SELECT 1 FROM ${failure} WHERE migration = ? AND side = ? AND attempts > 0 LIMIT 1")
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
}
