package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.spi.Change;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.Version;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Goes key by key: the database runs in the same process, or close by, and has no upsert that waits for another one. The
 * time of a change is this process's: within a transaction H2 gives the one for which it was asked first, maybe long ago.
 */
final class H2Ledger extends StepwiseLedger {
    private final String insert;
    private final Map<Cause, String> updates = new EnumMap<>(Cause.class);
    private final String lock;
    private final String apply;

    H2Ledger(Tables tables) {
        super(Dialect.H2, tables);
        String where = " WHERE migration = ? AND side = ? AND entity = ? AND entity_key = ?";
        String update = tables.in("""
                UPDATE ${ledger}
                   SET generation = GREATEST(generation, ?), counter = ${counter}, changed_at = ?,
                       last_change = ${change},
                       pending_since = COALESCE(pending_since, CURRENT_TIMESTAMP)
                """) + where;
        for (Cause cause : Cause.values()) {
            updates.put(cause, cause.in(update, "", "?"));
        }
        this.lock = tables.in("SELECT generation, counter FROM ${ledger}") + where + " FOR UPDATE";
        this.apply = tables.in("""
                UPDATE ${ledger}
                   SET generation = ?, counter = ?, changed_at = ?, last_change = ?, pending_since = NULL
                """) + where;
        this.insert = tables.in("""
                INSERT INTO ${ledger}
                       (migration, side, entity, entity_key, generation, counter, changed_at, last_change, pending_since)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, CASE WHEN CAST(? AS BOOLEAN) THEN CURRENT_TIMESTAMP END)
                """);
    }

    @Override
    public boolean raise(Connection connection, int stripe, long epoch, Cause cause, List<Encoded<Change>> keys)
            throws SQLException {
        OptionalLong generation =
                lockFence(connection, stripe, (role, actual) -> cause.passes(role) && actual == epoch);
        if (generation.isEmpty()) {
            return false;
        }
        Version first = new Version(generation.getAsLong(), cause.first());
        try (PreparedStatement update = connection.prepareStatement(Objects.requireNonNull(updates.get(cause)));
                PreparedStatement inserted = connection.prepareStatement(insert)) {
            for (Encoded<Change> key : keys) {
                String code = Changes.code(key.value());
                update.setLong(1, first.generation());
                update.setObject(2, now());
                update.setString(3, code);
                bindKey(update, 4, key);
                if (update.executeUpdate() == 0
                        && !insert(inserted, key, first, code, true)
                        && update.executeUpdate() == 0) {
                    throw invisible();
                }
            }
        }
        return true;
    }

    @Override
    public boolean raiseTo(
            Connection connection,
            int stripe,
            long epoch,
            long seenGeneration,
            List<Encoded<Applied>> versions,
            Set<EntityKey> behind)
            throws SQLException {
        OptionalLong generation = lockSecondary(connection, stripe, epoch);
        if (generation.isEmpty() || generation.getAsLong() > seenGeneration) {
            return false;
        }
        Version least = new Version(generation.getAsLong(), 0);
        try (PreparedStatement locked = connection.prepareStatement(lock);
                PreparedStatement inserted = connection.prepareStatement(insert);
                PreparedStatement update = connection.prepareStatement(apply)) {
            for (Encoded<Applied> key : versions) {
                Version version = key.value().version();
                if (least.isBefore(version) && apply(key, version, generation.getAsLong(), locked, inserted, update)) {
                    behind.add(key.key());
                }
            }
        }
        return true;
    }

    private boolean apply(
            Encoded<Applied> key,
            Version version,
            long generation,
            PreparedStatement locked,
            PreparedStatement inserted,
            PreparedStatement update)
            throws SQLException {
        String code = Changes.code(key.value().change());
        Version row = lock(locked, key, generation);
        if (row == null) {
            if (insert(inserted, key, version, code, false)) {
                return true;
            }
            row = lock(locked, key, generation);
            if (row == null) {
                throw invisible();
            }
        }
        if (!row.isBefore(version)) {
            return false;
        }
        update.setLong(1, version.generation());
        update.setLong(2, version.counter());
        update.setObject(3, now());
        update.setString(4, code);
        bindKey(update, 5, key);
        update.executeUpdate();
        return true;
    }

    private static OffsetDateTime now() {
        return OffsetDateTime.now(ZoneOffset.UTC);
    }

    private @Nullable Version lock(PreparedStatement statement, Encoded<Applied> key, long generation)
            throws SQLException {
        bindKey(statement, 1, key);
        try (ResultSet row = statement.executeQuery()) {
            return row.next() ? new Version(Math.max(row.getLong(1), generation), row.getLong(2)) : null;
        }
    }

    /** False if another session has inserted the key meanwhile. */
    private boolean insert(PreparedStatement statement, Encoded<?> key, Version version, String change, boolean pending)
            throws SQLException {
        int next = bindKey(statement, 1, key);
        statement.setLong(next, version.generation());
        statement.setLong(next + 1, version.counter());
        statement.setObject(next + 2, now());
        statement.setString(next + 3, change);
        statement.setBoolean(next + 4, pending);
        try {
            statement.executeUpdate();
            return true;
        } catch (SQLException e) {
            if (SqlFailure.isDuplicate(e)) {
                return false;
            }
            throw e;
        }
    }

    /** The row is there, but newer than the transaction's snapshot. */
    private static SQLException invisible() {
        return new SQLTransactionRollbackException("A ledger row is newer than the transaction's snapshot", "40001");
    }

    @Override
    public String upsertFailure() {
        return tables().in("""
                MERGE INTO ${failure} f
                USING (VALUES (CAST(? AS VARCHAR), CAST(? AS VARCHAR), CAST(? AS VARCHAR), CAST(? AS VARBINARY),
                               CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS INT), CAST(? AS VARCHAR)))
                      n (migration, side, entity, entity_key, generation, counter, attempts, parked_reason)
                   ON f.migration = n.migration AND f.side = n.side AND f.entity = n.entity
                      AND f.entity_key = n.entity_key
                 WHEN MATCHED THEN UPDATE
                  SET generation = n.generation, counter = n.counter, attempts = n.attempts,
                      parked_reason = n.parked_reason
                 WHEN NOT MATCHED THEN INSERT
                      (migration, side, entity, entity_key, generation, counter, attempts, parked_reason)
                      VALUES (n.migration, n.side, n.entity, n.entity_key, n.generation, n.counter,
                              n.attempts, n.parked_reason)
                """);
    }
}
