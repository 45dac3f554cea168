package dev.crossfade.jdbc.internal.backfill;

import dev.crossfade.backfill.BackfillStatus.State;
import dev.crossfade.jdbc.internal.sql.Dialect;
import dev.crossfade.jdbc.internal.sql.KeyCodec;
import dev.crossfade.jdbc.internal.sql.Statements;
import dev.crossfade.jdbc.internal.sql.Text;
import dev.crossfade.spi.BackfillBook.Claim;
import dev.crossfade.spi.BackfillBook.Run;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.KeyRange;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The three tables of one entity's backfill, in the new store's database. Works in the caller's transaction. */
final class BackfillTables {
    /** So many free ranges are tried before another look; others take the rest meanwhile. */
    private static final int CANDIDATES = 8;

    private static final int MAX_REASON = 1_000;
    private static final int MAX_REFUSAL = 200;

    private final Dialect dialect;
    private final KeyCodec codec;
    private final String prefix;
    private final String migration;
    private final String entity;

    BackfillTables(Dialect dialect, KeyCodec codec, String prefix, String migration, String entity) {
        this.dialect = dialect;
        this.codec = codec;
        this.prefix = prefix;
        this.migration = migration;
        this.entity = entity;
    }

    Optional<Run> run(Connection connection) throws SQLException {
        String sql = """
                SELECT generation, state, rows_done, inserted, marked, reason,
                       (SELECT COUNT(*) FROM %1$sbackfill_refused f
                         WHERE f.migration = b.migration AND f.side = b.side AND f.entity = b.entity),
                       (SELECT COUNT(*) FROM %1$sbackfill_range r
                         WHERE r.migration = b.migration AND r.side = b.side AND r.entity = b.entity)
                  FROM %1$sbackfill b WHERE b.migration = ? AND b.side = 'N' AND b.entity = ?
                """.formatted(prefix);
        try (PreparedStatement select = Statements.prepare(connection, sql, migration, entity);
                ResultSet row = select.executeQuery()) {
            return row.next()
                    ? Optional.of(new Run(
                            row.getLong(1),
                            State.valueOf(row.getString(2)),
                            row.getLong(3),
                            row.getLong(4),
                            row.getLong(5),
                            row.getLong(7),
                            row.getInt(8),
                            row.getString(6)))
                    : Optional.empty();
        }
    }

    /** The state of the run of this generation, locked to the end of the transaction. */
    Optional<State> lock(Connection connection, long generation) throws SQLException {
        String sql =
                "SELECT state FROM %sbackfill WHERE migration = ? AND side = 'N' AND entity = ? AND generation = ? FOR UPDATE"
                        .formatted(prefix);
        try (PreparedStatement select = Statements.prepare(connection, sql, migration, entity, generation);
                ResultSet row = select.executeQuery()) {
            return row.next() ? Optional.of(State.valueOf(row.getString(1))) : Optional.empty();
        }
    }

    /** Forgets what was there and begins with one range over all keys. */
    void begin(Connection connection, long generation, String startedBy) throws SQLException {
        for (String table : List.of("backfill", "backfill_range", "backfill_refused")) {
            String delete =
                    "DELETE FROM %s%s WHERE migration = ? AND side = 'N' AND entity = ?".formatted(prefix, table);
            Statements.execute(connection, delete, migration, entity);
        }
        String insert = """
                INSERT INTO %sbackfill (migration, side, entity, generation, state, rows_done, inserted, marked, started_by)
                VALUES (?, 'N', ?, ?, ?, 0, 0, 0, ?)
                """.formatted(prefix);
        Statements.execute(
                connection,
                insert,
                migration,
                entity,
                generation,
                State.RUNNING.name(),
                Text.cut(startedBy, MAX_REFUSAL));
        add(connection, generation, KeyRange.ALL);
    }

    private void add(Connection connection, long generation, KeyRange range) throws SQLException {
        String insert = """
                INSERT INTO %sbackfill_range
                       (migration, side, entity, range_id, generation, after_key, up_to_key, token, lease_until)
                VALUES (?, 'N', ?, ?, ?, ?, ?, 0, %s)
                """.formatted(prefix, dialect.now());
        Statements.execute(
                connection,
                insert,
                migration,
                entity,
                UUID.randomUUID().toString(),
                generation,
                bytes(range.after()),
                bytes(range.upTo()));
    }

    boolean turn(Connection connection, long generation, List<State> from, State to, @Nullable String reason)
            throws SQLException {
        Optional<State> now = lock(connection, generation);
        if (now.isEmpty() || !from.contains(now.get()) || (to == State.COMPLETED && hasRanges(connection))) {
            return false;
        }
        String update = "UPDATE %sbackfill SET state = ?, reason = ? WHERE migration = ? AND side = 'N' AND entity = ?"
                .formatted(prefix);
        Statements.execute(
                connection, update, to.name(), reason == null ? null : Text.cut(reason, MAX_REASON), migration, entity);
        return true;
    }

    private boolean hasRanges(Connection connection) throws SQLException {
        String sql = "SELECT 1 FROM %sbackfill_range WHERE migration = ? AND side = 'N' AND entity = ? LIMIT 1"
                .formatted(prefix);
        try (PreparedStatement select = Statements.prepare(connection, sql, migration, entity);
                ResultSet row = select.executeQuery()) {
            return row.next();
        }
    }

    /** Free ranges, or ranges whose holder has not been heard of for the lease. */
    List<Claim> free(Connection connection, long generation) throws SQLException {
        String sql = """
                SELECT range_id, token, after_key, up_to_key FROM %sbackfill_range
                 WHERE migration = ? AND side = 'N' AND entity = ? AND generation = ? AND lease_until <= %s
                 ORDER BY lease_until LIMIT %d
                """.formatted(prefix, dialect.now(), CANDIDATES);
        List<Claim> free = new ArrayList<>();
        try (PreparedStatement select = Statements.prepare(connection, sql, migration, entity, generation);
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                KeyRange range = new KeyRange(key(row.getBytes(3)), key(row.getBytes(4)));
                free.add(new Claim(row.getString(1), row.getLong(2), generation, range));
            }
        }
        return free;
    }

    /** Takes a range over from whoever had it last; false if someone else was faster. */
    boolean takeOver(Connection connection, Claim free, String holder, Duration lease) throws SQLException {
        String update = """
                UPDATE %sbackfill_range SET token = token + 1, holder = ?, lease_until = %s
                 WHERE migration = ? AND side = 'N' AND entity = ? AND range_id = ? AND generation = ? AND token = ?
                   AND lease_until <= %s
                """.formatted(prefix, dialect.nowPlusMicros(), dialect.now());
        return Statements.execute(
                        connection,
                        update,
                        holder,
                        Statements.micros(lease),
                        migration,
                        entity,
                        free.id(),
                        free.generation(),
                        free.token())
                == 1;
    }

    /** Locks a claimed range to the end of the transaction and renews its lease; false if it was taken over. */
    boolean hold(Connection connection, Claim claim, Duration lease) throws SQLException {
        String update = """
                UPDATE %sbackfill_range SET lease_until = %s
                 WHERE migration = ? AND side = 'N' AND entity = ? AND range_id = ? AND generation = ? AND token = ?
                """.formatted(prefix, dialect.nowPlusMicros());
        return Statements.execute(
                        connection,
                        update,
                        Statements.micros(lease),
                        migration,
                        entity,
                        claim.id(),
                        claim.generation(),
                        claim.token())
                == 1;
    }

    /** Ends a held range at this key and adds the rest as a free one. */
    void split(Connection connection, Claim claim, EntityKey end) throws SQLException {
        String update =
                "UPDATE %sbackfill_range SET up_to_key = ? WHERE migration = ? AND side = 'N' AND entity = ? AND range_id = ?"
                        .formatted(prefix);
        Statements.execute(connection, update, bytes(end), migration, entity, claim.id());
        add(connection, claim.generation(), new KeyRange(end, claim.range().upTo()));
    }

    /** Strikes a claimed range out and adds to the run's counts; false if it was taken over. */
    boolean strikeOut(Connection connection, Claim claim, long rows, long inserted, long marked) throws SQLException {
        String delete = """
                DELETE FROM %sbackfill_range
                 WHERE migration = ? AND side = 'N' AND entity = ? AND range_id = ? AND generation = ? AND token = ?
                """.formatted(prefix);
        if (Statements.execute(connection, delete, migration, entity, claim.id(), claim.generation(), claim.token())
                == 0) {
            return false;
        }
        String update = """
                UPDATE %sbackfill SET rows_done = rows_done + ?, inserted = inserted + ?, marked = marked + ?
                 WHERE migration = ? AND side = 'N' AND entity = ? AND generation = ?
                """.formatted(prefix);
        Statements.execute(connection, update, rows, inserted, marked, migration, entity, claim.generation());
        return true;
    }

    /** Lets a claimed range go; the token stays, so that whoever takes it next has a higher one. */
    void release(Connection connection, Claim claim) throws SQLException {
        String update = """
                UPDATE %sbackfill_range SET lease_until = %s, holder = NULL
                 WHERE migration = ? AND side = 'N' AND entity = ? AND range_id = ? AND generation = ? AND token = ?
                """.formatted(prefix, dialect.now());
        Statements.execute(connection, update, migration, entity, claim.id(), claim.generation(), claim.token());
    }

    /** Notes a refused row by its digest, once. */
    void refuse(Connection connection, long generation, EntityKey key, String reason) throws SQLException {
        String insert = dialect.insertIfAbsent(
                prefix + "backfill_refused",
                List.of("migration", "side", "entity", "key_digest", "generation", "reason"),
                List.of("migration", "side", "entity", "key_digest"));
        Statements.execute(
                connection, insert, migration, "N", entity, digest(key), generation, Text.cut(reason, MAX_REFUSAL));
    }

    private String digest(EntityKey key) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(codec.encode(key));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every JVM has SHA-256", impossible);
        }
    }

    /** Whether the ledger knows any key of the entity; where it knows none, none has to be looked up. */
    boolean hasLedgerRows(Connection connection) throws SQLException {
        String sql =
                "SELECT 1 FROM %sledger WHERE migration = ? AND side = 'N' AND entity = ? LIMIT 1".formatted(prefix);
        try (PreparedStatement select = Statements.prepare(connection, sql, migration, entity);
                ResultSet row = select.executeQuery()) {
            return row.next();
        }
    }

    private byte @Nullable [] bytes(@Nullable EntityKey key) {
        return key == null ? null : codec.encode(key);
    }

    private @Nullable EntityKey key(byte @Nullable [] bytes) {
        return bytes == null ? null : codec.decode(entity, bytes);
    }
}
