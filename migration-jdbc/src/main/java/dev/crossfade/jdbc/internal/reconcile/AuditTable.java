package dev.crossfade.jdbc.internal.reconcile;

import dev.crossfade.Operator;
import dev.crossfade.jdbc.internal.sql.Dialect;
import dev.crossfade.jdbc.internal.sql.KeyCodec;
import dev.crossfade.jdbc.internal.sql.Statements;
import dev.crossfade.jdbc.internal.sql.Text;
import dev.crossfade.reconcile.Counts;
import dev.crossfade.reconcile.Scope;
import dev.crossfade.reconcile.Verdict;
import dev.crossfade.run.RunState;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.FenceView;
import dev.crossfade.spi.ReconciliationBook.Claim;
import dev.crossfade.spi.ReconciliationBook.Run;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The reconciliations of one entity, in the new store's database. Works in the caller's transaction. */
final class AuditTable {
    private static final String ACTIVE = "active";
    private static final String MINE = " WHERE migration = ? AND side = 'N' AND entity = ?";

    private final Dialect dialect;
    private final KeyCodec codec;
    private final String table;
    private final String migration;
    private final String entity;

    AuditTable(Dialect dialect, KeyCodec codec, String prefix, String migration, String entity) {
        this.dialect = dialect;
        this.codec = codec;
        this.table = prefix + "consistency_audit";
        this.migration = migration;
        this.entity = entity;
    }

    /** The run that was begun last. */
    Optional<Run> last(Connection connection) throws SQLException {
        return first(connection, "", " ORDER BY started_at DESC");
    }

    /** The full run of a generation that was completed last. */
    Optional<Run> lastFull(Connection connection, long generation) throws SQLException {
        return first(
                connection,
                " AND scope = 'full' AND state = 'COMPLETED' AND generation = ?",
                " ORDER BY ended_at DESC",
                generation);
    }

    /** The run that has not ended. */
    Optional<Run> active(Connection connection) throws SQLException {
        return first(connection, " AND slot = '" + ACTIVE + "'", "");
    }

    /** Whether a run of this generation and scope that was completed began within this time, or any within a tenth of it. */
    boolean beganWithin(Connection connection, long generation, Scope scope, Duration time) throws SQLException {
        String began = "started_at > " + dialect.nowPlusMicros();
        return first(
                        connection,
                        " AND generation = ? AND scope = ? AND (state = 'COMPLETED' AND " + began + " OR " + began
                                + ")",
                        "",
                        generation,
                        scope.text(),
                        -Statements.micros(time),
                        -Statements.micros(time.dividedBy(10)))
                .isPresent();
    }

    private Optional<Run> first(Connection connection, String where, String order, Object... values)
            throws SQLException {
        String sql = "SELECT run_id, scope, started_by, generation, epoch, state, compared, missing_in_new,"
                + " missing_in_legacy, different, accepted, lagging, not_known, started_at, ended_at, "
                + dialect.microsSince("started_at") + ", " + dialect.microsSince("ended_at")
                + ", reason, after_key, up_to_key FROM " + table + MINE + where + order + " LIMIT 1";
        @Nullable Object[] all = new Object[values.length + 2];
        all[0] = migration;
        all[1] = entity;
        System.arraycopy(values, 0, all, 2, values.length);
        try (PreparedStatement select = Statements.prepare(connection, sql, all);
                ResultSet row = select.executeQuery()) {
            return row.next() ? Optional.of(run(row)) : Optional.empty();
        }
    }

    private Run run(ResultSet row) throws SQLException {
        Instant ended = row.getObject(15) == null ? null : dialect.instant(row, 15);
        Counts counts = new Counts(
                row.getLong(7),
                row.getLong(8),
                row.getLong(9),
                row.getLong(10),
                row.getLong(11),
                row.getLong(12),
                row.getLong(13));
        return new Run(
                row.getString(1),
                ScopeText.parse(row.getString(2), key(row.getBytes(19)), key(row.getBytes(20))),
                row.getString(3),
                row.getLong(4),
                row.getLong(5),
                RunState.valueOf(row.getString(6)),
                counts,
                dialect.instant(row, 14),
                ended,
                Duration.of(row.getLong(16), ChronoUnit.MICROS),
                ended == null ? null : Duration.of(row.getLong(17), ChronoUnit.MICROS),
                row.getString(18));
    }

    private @Nullable Object key(byte @Nullable [] bytes) {
        return bytes == null ? null : codec.decode(entity, bytes).key();
    }

    private byte @Nullable [] bytes(@Nullable Object key) {
        return key == null ? null : codec.encode(new EntityKey(entity, key));
    }

    /** Adds a run. Fails as a duplicate if another one has not ended. */
    void insert(Connection connection, FenceView seen, Scope scope, Operator operator) throws SQLException {
        Scope.Keys keys = scope instanceof Scope.Keys range ? range : new Scope.Keys(null, null);
        String insert =
                "INSERT INTO " + table + " (migration, side, run_id, entity, slot, scope, generation, epoch, state,"
                        + " started_by, started_at, compared, missing_in_new, missing_in_legacy, different, accepted, lagging,"
                        + " not_known, after_key, up_to_key, token, lease_until)"
                        + " VALUES (?, 'N', ?, ?, '" + ACTIVE + "', ?, ?, ?, 'RUNNING', ?, " + dialect.now()
                        + ", 0, 0, 0, 0, 0, 0, 0, ?, ?, 0, " + dialect.now() + ")";
        Statements.execute(
                connection,
                insert,
                migration,
                UUID.randomUUID().toString(),
                entity,
                scope.text(),
                seen.generation(),
                seen.epoch(),
                Text.cut(operator.name(), 200),
                bytes(keys.after()),
                bytes(keys.upTo()));
    }

    /** The state and the counts of a run, locked to the end of the transaction. */
    Optional<Run> lock(Connection connection, String run) throws SQLException {
        String lock = "SELECT 1 FROM " + table + MINE + " AND run_id = ? FOR UPDATE";
        try (PreparedStatement select = Statements.prepare(connection, lock, migration, entity, run);
                ResultSet row = select.executeQuery()) {
            return row.next() ? first(connection, " AND run_id = ?", "", run) : Optional.empty();
        }
    }

    /** Changes the state of a locked run; an end has a verdict, and frees the place of the one that is active. */
    void turn(Connection connection, Run run, RunState to, @Nullable String reason) throws SQLException {
        String update = "UPDATE " + table + " SET state = ?, reason = ?, slot = ?, verdict = ?, ended_at = "
                + (to.isEnd() ? dialect.now() : "NULL") + MINE + " AND run_id = ?";
        Statements.execute(
                connection,
                update,
                to.name(),
                reason == null ? null : Text.cut(reason, 1_000),
                to.isEnd() ? run.id() : ACTIVE,
                to.isEnd() ? Verdict.of(to, run.counts()).name() : null,
                migration,
                entity,
                run.id());
    }

    /** Takes a run whose holder has not been heard of for long. */
    Optional<Claim> claim(Connection connection, Run run, String holder, Duration lease) throws SQLException {
        String update = "UPDATE " + table + " SET token = token + 1, holder = ?, lease_until = "
                + dialect.nowPlusMicros() + MINE + " AND run_id = ? AND lease_until <= " + dialect.now();
        if (Statements.execute(connection, update, holder, Statements.micros(lease), migration, entity, run.id())
                == 0) {
            return Optional.empty();
        }
        String sql = "SELECT token, position_key FROM " + table + MINE + " AND run_id = ?";
        try (PreparedStatement select = Statements.prepare(connection, sql, migration, entity, run.id());
                ResultSet row = select.executeQuery()) {
            row.next();
            byte[] position = row.getBytes(2);
            Claim claim = new Claim(run.id(), row.getLong(1), position == null ? null : codec.decode(entity, position));
            if (position == null) {
                setCounts(connection, run.id(), Counts.NONE);
            }
            return Optional.of(claim);
        }
    }

    private void setCounts(Connection connection, String run, Counts counts) throws SQLException {
        String update =
                "UPDATE " + table + " SET compared = ?, missing_in_new = ?, missing_in_legacy = ?, different = ?,"
                        + " accepted = ?, lagging = ?, not_known = ?" + MINE + " AND run_id = ?";
        Statements.execute(
                connection,
                update,
                counts.compared(),
                counts.missingInNew(),
                counts.missingInLegacy(),
                counts.different(),
                counts.accepted(),
                counts.lagging(),
                counts.unknown(),
                migration,
                entity,
                run);
    }

    /** Notes the position and the counts of a locked run; false if the claim was taken over. */
    boolean advance(Connection connection, Claim claim, @Nullable EntityKey position, Counts counts, Duration lease)
            throws SQLException {
        String update = "UPDATE " + table + " SET position_key = ?, lease_until = " + dialect.nowPlusMicros() + MINE
                + " AND run_id = ? AND token = ?";
        byte[] bytes = position == null ? null : codec.encode(position);
        boolean held = Statements.execute(
                        connection,
                        update,
                        bytes,
                        Statements.micros(lease),
                        migration,
                        entity,
                        claim.run(),
                        claim.token())
                == 1;
        if (held) {
            setCounts(connection, claim.run(), counts);
        }
        return held;
    }

    /** Renews the lease of a run that has not ended; false if the claim was taken over. */
    boolean renew(Connection connection, Claim claim, Duration lease) throws SQLException {
        String update = "UPDATE " + table + " SET lease_until = " + dialect.nowPlusMicros() + MINE
                + " AND run_id = ? AND token = ? AND slot = '" + ACTIVE + "'";
        return Statements.execute(
                        connection, update, Statements.micros(lease), migration, entity, claim.run(), claim.token())
                == 1;
    }

    /** Lets a claim go. */
    void release(Connection connection, Claim claim) throws SQLException {
        String update = "UPDATE " + table + " SET holder = NULL, lease_until = " + dialect.now() + MINE
                + " AND run_id = ? AND token = ?";
        Statements.execute(connection, update, migration, entity, claim.run(), claim.token());
    }
}
