package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.spi.Change;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.Version;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Every write of the ledger is one statement: keys go as arrays, and the fence is locked and checked in a CTE. A row that
 * is there already gets the time at which its lock was granted, for the statement may have waited long.
 */
final class PostgreSqlLedger implements LedgerSql {
    private final Tables tables;
    private final Map<Cause, Upsert> upserts = new EnumMap<>(Cause.class);
    private final Upsert writeAndCommit;
    private final String checkAndCommit;
    private final String raiseTo;
    private final String acknowledge;
    private final String upsertFailure;

    PostgreSqlLedger(Tables tables) {
        this.tables = tables;
        for (Cause cause : Cause.values()) {
            upserts.put(
                    cause,
                    Upsert.of(tables, cause)
                            .replace("${held}", "fence.migration")
                            .replace("${join}", "JOIN"));
        }
        this.writeAndCommit = Upsert.of(tables, Cause.WRITE)
                .replace("${held}", "coalesce(fence.migration, " + PostgreSqlCommit.REFUSAL + "::text)")
                .replace("${join}", "LEFT JOIN")
                .followedBy(PostgreSqlCommit.COMMIT);
        this.checkAndCommit = tables.in("""
                WITH fence AS MATERIALIZED (
                  SELECT f.migration FROM ${fence} f
                   WHERE f.migration = ? AND f.side = ? AND f.stripe = ? AND f.epoch = ? AND f.role = 'PRIMARY'
                     AND ${courtesy}
                     FOR SHARE)
                SELECT coalesce((SELECT 1 FROM fence), ${refusal})""" + PostgreSqlCommit.COMMIT)
                .replace("${refusal}", PostgreSqlCommit.REFUSAL)
                .replace("${courtesy}", PostgreSql.courtesy(tables));
        // With a limit for it and for what follows in this transaction, in the same round trip: a server that waits
        // for a lock does not notice that the client has given up.
        this.raiseTo = "SET LOCAL statement_timeout = " + LedgerTable.REFRESH_LIMIT.toMillis() + "; "
                + tables.in("""
                WITH fence AS MATERIALIZED (
                  SELECT f.migration, f.side, f.generation FROM ${fence} f
                   WHERE f.migration = ? AND f.side = ? AND f.stripe = ? AND f.epoch <= ? AND f.generation <= ?
                     AND f.role = 'SECONDARY' AND ${courtesy}
                     FOR SHARE),
                behind AS (
                  INSERT INTO ${ledger} AS l
                         (migration, side, entity, entity_key, generation, counter, changed_at, last_change, pending_since)
                  SELECT fence.migration, fence.side, k.entity, k.entity_key, k.generation, k.counter,
                         statement_timestamp(), k.last_change, NULL
                    FROM fence, unnest(?::text[], ?::bytea[], ?::bigint[], ?::bigint[], ?::text[])
                         WITH ORDINALITY AS k (entity, entity_key, generation, counter, last_change, position)
                   WHERE (k.generation, k.counter) > (fence.generation, 0)
                   ORDER BY k.position
                      ON CONFLICT (migration, side, entity, entity_key) DO UPDATE
                     SET generation = excluded.generation, counter = excluded.counter,
                         changed_at = clock_timestamp(), last_change = excluded.last_change, pending_since = NULL
                   WHERE (greatest(l.generation, (SELECT generation FROM fence)), l.counter)
                       < (excluded.generation, excluded.counter)
                  RETURNING entity, entity_key)
                SELECT entity, entity_key FROM behind
                 UNION ALL
                SELECT NULL, NULL FROM fence
                """.replace("${courtesy}", PostgreSql.courtesy(tables)));
        // Each key is looked up by itself in the primary key: without statistics, as in the first minute of a
        // ledger, the planner takes the index of pending rows for smaller and reads all of it for every key. Hence
        // the subquery, which locks and so is not joined otherwise, and a condition that this index does not meet.
        this.acknowledge = tables.in("""
                WITH keys AS MATERIALIZED (
                  SELECT *
                    FROM unnest(?::text[], ?::bytea[], ?::bigint[], ?::bigint[])
                         AS k (entity, entity_key, generation, counter)),
                here AS MATERIALIZED (
                  SELECT migration, side, generation FROM ${fence} WHERE migration = ? AND side = ? AND stripe = 0),
                seen AS MATERIALIZED (
                  SELECT l.migration, l.side, l.entity, l.entity_key, k.generation, k.counter,
                         (greatest(l.generation, g.generation), l.counter) = (k.generation, k.counter) AS is_current
                    FROM keys k
                   CROSS JOIN here g
                   CROSS JOIN LATERAL (
                         SELECT * FROM ${ledger} r
                          WHERE r.migration = g.migration AND r.side = g.side
                            AND r.entity = k.entity AND r.entity_key = k.entity_key
                            AND coalesce(r.pending_since, 'infinity') < 'infinity'
                            FOR UPDATE SKIP LOCKED) l),
                forgotten AS (
                  DELETE FROM ${failure} f USING seen
                   WHERE f.migration = seen.migration AND f.side = seen.side
                     AND f.entity = seen.entity AND f.entity_key = seen.entity_key
                     AND (f.generation, f.counter) <= (seen.generation, seen.counter)),
                noted AS (
                  UPDATE ${ledger} l
                     SET pending_since = CASE WHEN NOT seen.is_current THEN read.at END
                    FROM seen, (SELECT statement_timestamp() - ? * interval '1 microsecond' AS at) read
                   WHERE l.migration = seen.migration AND l.side = seen.side
                     AND l.entity = seen.entity AND l.entity_key = seen.entity_key
                     AND (seen.is_current OR l.pending_since < read.at))
                SELECT k.entity, k.entity_key
                  FROM keys k
                 CROSS JOIN here g
                 CROSS JOIN LATERAL (
                       SELECT FROM ${ledger} r
                        WHERE r.migration = g.migration AND r.side = g.side
                          AND r.entity = k.entity AND r.entity_key = k.entity_key
                          AND coalesce(r.pending_since, 'infinity') < 'infinity'
                        LIMIT 1) l
                 WHERE NOT EXISTS (SELECT FROM seen WHERE seen.entity = k.entity AND seen.entity_key = k.entity_key)
                """);
        this.upsertFailure = tables.in("""
                INSERT INTO ${failure}
                       (migration, side, entity, entity_key, generation, counter, attempts, parked_reason)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (migration, side, entity, entity_key) DO UPDATE
                   SET generation = excluded.generation, counter = excluded.counter, attempts = excluded.attempts,
                       parked_reason = excluded.parked_reason
                """);
    }

    @Override
    public boolean raise(Connection connection, int stripe, long epoch, Cause cause, List<Encoded<Change>> keys)
            throws SQLException {
        Upsert upsert = Objects.requireNonNull(upserts.get(cause));
        try (PreparedStatement statement = connection.prepareStatement(upsert.of(keys))) {
            bindRaise(connection, statement, stripe, epoch, keys);
            return statement.executeUpdate() > 0;
        }
    }

    @Override
    public @Nullable WithCommit withCommit(Connection connection) {
        if (!PostgreSqlCommit.isPossibleOn(connection)) {
            return null;
        }
        return new WithCommit() {
            @Override
            public boolean check(int stripe, long epoch) throws SQLException {
                return PostgreSqlCommit.execute(
                        connection, checkAndCommit, statement -> bindFence(statement, 1, stripe, epoch));
            }

            @Override
            public boolean raise(int stripe, long epoch, List<Encoded<Change>> touches) throws SQLException {
                return PostgreSqlCommit.execute(
                        connection,
                        writeAndCommit.of(touches),
                        statement -> bindRaise(connection, statement, stripe, epoch, touches));
            }
        };
    }

    private void bindRaise(
            Connection connection, PreparedStatement statement, int stripe, long epoch, List<Encoded<Change>> keys)
            throws SQLException {
        int next = bindFence(statement, 1, stripe, epoch);
        if (keys.size() == 1) {
            Encoded<Change> key = keys.get(0);
            statement.setString(next, key.entity());
            statement.setBytes(next + 1, key.bytes());
            statement.setString(next + 2, Changes.code(key.value()));
        } else {
            next = bindKeys(connection, statement, next, keys);
            statement.setArray(next, array(connection, "text", keys, each -> Changes.code(each.value())));
        }
    }

    @Override
    public boolean raiseTo(
            Connection connection,
            int stripe,
            long epoch,
            long generation,
            List<Encoded<Applied>> versions,
            Set<EntityKey> behind)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(raiseTo)) {
            int next = bindFence(statement, 1, stripe, epoch);
            statement.setLong(next, generation);
            next = bindKeys(connection, statement, next + 1, versions);
            next = bindVersions(connection, statement, next, versions, applied -> applied.version());
            statement.setArray(
                    next,
                    array(
                            connection,
                            "text",
                            versions,
                            key -> Changes.code(key.value().change())));
            return collect(statement, versions, behind);
        }
    }

    /** One row of nulls stands for the fence; without it the statement was refused. */
    private static boolean collect(PreparedStatement statement, List<Encoded<Applied>> versions, Set<EntityKey> behind)
            throws SQLException {
        Map<List<Object>, EntityKey> keys = new HashMap<>();
        versions.forEach(key -> keys.put(Encoded.identity(key.entity(), key.bytes()), key.key()));
        boolean allowed = false;
        // The first result is that of SET.
        statement.execute();
        statement.getMoreResults();
        try (ResultSet rows = statement.getResultSet()) {
            while (rows.next()) {
                String entity = rows.getString(1);
                if (entity == null) {
                    allowed = true;
                } else {
                    behind.add(Objects.requireNonNull(keys.get(Encoded.identity(entity, rows.getBytes(2)))));
                }
            }
        }
        return allowed;
    }

    @Override
    public void acknowledge(Connection connection, List<Encoded<Version>> versions, long ago, Set<EntityKey> missed)
            throws SQLException {
        Set<List<Object>> left = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(acknowledge)) {
            int next = bindKeys(connection, statement, 1, versions);
            next = bindVersions(connection, statement, next, versions, version -> version);
            statement.setLong(tables.bind(statement, next), ago);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    left.add(Encoded.identity(rows.getString(1), rows.getBytes(2)));
                }
            }
        }
        if (!left.isEmpty()) {
            versions.stream()
                    .filter(key -> left.contains(Encoded.identity(key.entity(), key.bytes())))
                    .forEach(key -> missed.add(key.key()));
        }
    }

    @Override
    public String upsertFailure() {
        return upsertFailure;
    }

    private int bindFence(PreparedStatement statement, int index, int stripe, long epoch) throws SQLException {
        int next = tables.bind(statement, index);
        statement.setInt(next, stripe);
        statement.setLong(next + 1, epoch);
        return next + 2;
    }

    private static <T> int bindKeys(
            Connection connection, PreparedStatement statement, int index, List<Encoded<T>> keys) throws SQLException {
        statement.setArray(index, array(connection, "text", keys, Encoded::entity));
        byte[][] bytes = keys.stream().map(Encoded::bytes).toArray(byte[][]::new);
        statement.setArray(index + 1, connection.createArrayOf("bytea", bytes));
        return index + 2;
    }

    private static <T> int bindVersions(
            Connection connection,
            PreparedStatement statement,
            int index,
            List<Encoded<T>> keys,
            Function<T, Version> version)
            throws SQLException {
        statement.setArray(
                index,
                array(
                        connection,
                        "bigint",
                        keys,
                        key -> version.apply(key.value()).generation()));
        statement.setArray(
                index + 1,
                array(
                        connection,
                        "bigint",
                        keys,
                        key -> version.apply(key.value()).counter()));
        return index + 2;
    }

    private static <T> java.sql.Array array(
            Connection connection, String type, List<Encoded<T>> keys, Function<Encoded<T>, ?> column)
            throws SQLException {
        return connection.createArrayOf(type, keys.stream().map(column).toArray());
    }

    /** Most transactions touch one key; without arrays that takes an eighth less of the processors' time. */
    private record Upsert(String oneKey, String manyKeys) {
        /** Writes nothing where the fence does not hold. */
        private static Upsert of(Tables tables, Cause cause) {
            String sql = cause.in(tables.in("""
                    WITH fence AS MATERIALIZED (
                      SELECT f.migration, f.side, f.generation FROM ${fence} f
                       WHERE f.migration = ? AND f.side = ? AND f.stripe = ? AND f.epoch = ? AND f.role IN (${roles})
                         AND ${courtesy}
                         FOR SHARE)
                    INSERT INTO ${ledger} AS l
                           (migration, side, entity, entity_key, generation, counter, changed_at, last_change,
                            pending_since)
                    SELECT ${held}, fence.side, k.entity, k.entity_key, fence.generation, ${first},
                           statement_timestamp(), k.last_change, statement_timestamp()
                      FROM ${keys} AS k (entity, entity_key, last_change, position) ${join} fence ON true
                     ORDER BY k.position
                        ON CONFLICT (migration, side, entity, entity_key) DO UPDATE
                       SET generation = greatest(l.generation, excluded.generation), counter = ${counter},
                           changed_at = clock_timestamp(), last_change = ${change},
                           pending_since = coalesce(l.pending_since, excluded.pending_since)
                    """), "l.", "excluded.last_change")
                    .replace("${courtesy}", PostgreSql.courtesy(tables));
            return new Upsert(
                    sql.replace("${keys}", "(VALUES (?::text, ?::bytea, ?::text, 0))"),
                    sql.replace("${keys}", "unnest(?::text[], ?::bytea[], ?::text[]) WITH ORDINALITY"));
        }

        String of(List<?> keys) {
            return keys.size() == 1 ? oneKey : manyKeys;
        }

        Upsert followedBy(String text) {
            return new Upsert(oneKey + text, manyKeys + text);
        }

        Upsert replace(String what, String by) {
            return new Upsert(oneKey.replace(what, by), manyKeys.replace(what, by));
        }
    }
}
