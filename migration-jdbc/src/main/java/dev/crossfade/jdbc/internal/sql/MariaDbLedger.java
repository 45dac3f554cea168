package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.spi.Change;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.Version;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;

/**
 * Raising and marking are one statement that locks the stripe, checks it and upserts the keys. {@code VALUES()} in place
 * of a row alias, because MariaDB knows no other.
 */
final class MariaDbLedger extends StepwiseLedger {
    private static final String COLUMNS =
            "(migration, side, entity, entity_key, generation, counter, changed_at, last_change, pending_since)";

    private final Map<Cause, String> upserts = new EnumMap<>(Cause.class);

    MariaDbLedger(Tables tables) {
        super(Dialect.MARIADB, tables);
        // Assignments run from left to right and see each other's results: last_change comes before pending_since.
        String upsert = tables.in("""
                INSERT INTO ${ledger} %s
                SELECT f.migration, f.side, k.entity, k.entity_key, f.generation, ${first}, UTC_TIMESTAMP(6), k.last_change,
                       UTC_TIMESTAMP(6)
                  FROM ${fence} f STRAIGHT_JOIN (${keys}) k
                 WHERE f.migration = ? AND f.side = ? AND f.stripe = ? AND f.epoch = ? AND f.role IN (${roles})
                 ORDER BY k.position
                  LOCK IN SHARE MODE
                    ON DUPLICATE KEY UPDATE
                       generation = GREATEST(${ledger}.generation, VALUES(generation)),
                       counter = ${counter},
                       changed_at = VALUES(changed_at),
                       last_change = ${change},
                       pending_since = COALESCE(${ledger}.pending_since, VALUES(pending_since))
                """.formatted(COLUMNS));
        for (Cause cause : Cause.values()) {
            upserts.put(cause, cause.in(upsert, tables.ledger() + ".", "VALUES(last_change)"));
        }
    }

    @Override
    public boolean raise(Connection connection, int stripe, long epoch, Cause cause, List<Encoded<Change>> keys)
            throws SQLException {
        String upsert = Objects.requireNonNull(upserts.get(cause));
        String first = "SELECT ? AS entity, ? AS entity_key, ? AS last_change, 0 AS position";
        StringBuilder union = new StringBuilder(first);
        for (int i = 1; i < keys.size(); i++) {
            union.append(" UNION ALL SELECT ?, ?, ?, ").append(i);
        }
        try (PreparedStatement statement = connection.prepareStatement(upsert.replace("${keys}", union))) {
            int next = 1;
            for (Encoded<Change> key : keys) {
                statement.setString(next, key.entity());
                statement.setBytes(next + 1, key.bytes());
                statement.setString(next + 2, Changes.code(key.value()));
                next += 3;
            }
            next = tables().bind(statement, next);
            statement.setInt(next, stripe);
            statement.setLong(next + 1, epoch);
            return statement.executeUpdate() > 0;
        }
    }

    /** Inserts or locks the rows first: under any isolation level, locking rows that are not there blocks neighbours. */
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
        List<Encoded<Applied>> newer = versions.stream()
                .filter(key -> least.isBefore(key.value().version()))
                .toList();
        if (newer.isEmpty()) {
            return true;
        }
        upsert(connection, newer, key -> new Version(0, 0), "counter = counter");
        Map<List<Object>, Version> rows = select(connection, newer, generation.getAsLong(), "FOR UPDATE");
        List<Encoded<Applied>> late = new ArrayList<>();
        for (Encoded<Applied> key : newer) {
            Version row = rows.get(Encoded.identity(key.entity(), key.bytes()));
            if (row != null && row.isBefore(key.value().version())) {
                late.add(key);
                behind.add(key.key());
            }
        }
        if (!late.isEmpty()) {
            upsert(
                    connection,
                    late,
                    Applied::version,
                    "generation = VALUES(generation), counter = VALUES(counter), changed_at = VALUES(changed_at),"
                            + " last_change = VALUES(last_change), pending_since = NULL");
        }
        return true;
    }

    private void upsert(
            Connection connection, List<Encoded<Applied>> keys, Function<Applied, Version> version, String update)
            throws SQLException {
        String sql = "INSERT INTO %s %s VALUES %s ON DUPLICATE KEY UPDATE %s"
                .formatted(
                        tables().ledger(),
                        COLUMNS,
                        String.join(
                                ", ",
                                Collections.nCopies(keys.size(), "(?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(6), ?, NULL)")),
                        update);
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            int next = 1;
            for (Encoded<Applied> key : keys) {
                next = bindKey(statement, next, key);
                statement.setLong(next, version.apply(key.value()).generation());
                statement.setLong(next + 1, version.apply(key.value()).counter());
                statement.setString(next + 2, Changes.code(key.value().change()));
                next += 3;
            }
            statement.executeUpdate();
        }
    }

    @Override
    public String upsertFailure() {
        return tables().in("""
                INSERT INTO ${failure}
                       (migration, side, entity, entity_key, generation, counter, attempts, parked_reason)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    ON DUPLICATE KEY UPDATE
                       generation = VALUES(generation), counter = VALUES(counter), attempts = VALUES(attempts),
                       parked_reason = VALUES(parked_reason)
                """);
    }
}
