package dev.crossfade.jdbc;

import dev.crossfade.Side;
import dev.crossfade.jdbc.internal.sql.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Digests of ranges of rows, computed in the databases: how many rows there are, and sums of a hash of each. Sums need no
 * order and no room, and the key is a part of each hash, so that rows which have swapped their values differ. Immutable.
 */
final class RangeDigests {
    /**
     * PostgreSQL hashes values of these types by what they mean and in the same way everywhere. Not so an enum, which is
     * hashed by its number in the catalog, and not an interval, of which a month is 30 days.
     */
    private static final Set<String> HASHED_ALIKE = Set.of(
            "int2",
            "int4",
            "int8",
            "numeric",
            "float4",
            "float8",
            "bool",
            "text",
            "varchar",
            "bpchar",
            "bytea",
            "date",
            "time",
            "timestamp",
            "timestamptz",
            "uuid",
            "jsonb");

    private static final Set<String> TEXTS = Set.of("text", "varchar", "bpchar");
    private static final String HASH_OF_SAMPLES = """
            SELECT hash_record_extended(ROW(1::bigint, -1::integer, 1.5::numeric, 0.1::float8, true, 'a'::text COLLATE "C",
                   '\\x00ff'::bytea, date '2024-02-29', timestamptz '2024-02-29 12:00:00Z',
                   uuid '123e4567-e89b-12d3-a456-426614174000', '{"a": 1}'::jsonb), 0)
            """;

    /** Of an MD5 as hexadecimal digits: 15 make a number of 60 bits, which is positive everywhere. */
    private static final String SUMS_ON_POSTGRESQL =
            "COUNT(*), COUNT(h), SUM(('x0' || substr(h, 1, 15))::bit(64)::bigint),"
                    + " SUM(('x0' || substr(h, 17, 15))::bit(64)::bigint)";

    private static final String SUMS_ON_MARIADB =
            "COUNT(*), COUNT(h), SUM(CAST(CONV(SUBSTR(h, 1, 15), 16, 10) AS UNSIGNED)),"
                    + " SUM(CAST(CONV(SUBSTR(h, 17, 15), 16, 10) AS UNSIGNED))";

    private final Expressions legacy;
    private final Expressions next;

    /** A column, of the key or not, on both sides. */
    record Digested(CanonicalForm form, String from, ColumnType fromType, String to, ColumnType toType) {}

    /** What is selected: per row, and over all of them. */
    private record Expressions(String row, String sums) {}

    private RangeDigests(Expressions legacy, Expressions next) {
        this.legacy = legacy;
        this.next = next;
    }

    /** Digests over these columns; empty if the two databases have no form of them in common. */
    static Optional<RangeDigests> of(List<Digested> columns, Connection legacy, Connection next) throws SQLException {
        if (columns.stream().allMatch(RangeDigests::isHashedAlike) && hashesAlike(legacy, next)) {
            return Optional.of(new RangeDigests(
                    hashed(columns.stream()
                            .map(column -> valueOf(column.from(), column.fromType()))
                            .toList()),
                    hashed(columns.stream()
                            .map(column -> valueOf(column.to(), column.toType()))
                            .toList())));
        }
        List<String> here = new ArrayList<>();
        List<String> there = new ArrayList<>();
        for (Digested column : columns) {
            RowText.of(column.form(), column.from(), column.fromType(), column.toType())
                    .ifPresent(here::add);
            RowText.of(column.form(), column.to(), column.toType(), column.fromType())
                    .ifPresent(there::add);
        }
        boolean comparable =
                here.size() == columns.size() && there.size() == columns.size() && keepsUtf8(legacy) && keepsUtf8(next);
        return comparable
                ? Optional.of(new RangeDigests(digested(here, legacy), digested(there, next)))
                : Optional.empty();
    }

    private static boolean isHashedAlike(Digested column) {
        return column.fromType().dialect() == Dialect.POSTGRESQL
                && column.toType().dialect() == Dialect.POSTGRESQL
                && column.fromType().name().equals(column.toType().name())
                && HASHED_ALIKE.contains(column.fromType().name());
    }

    /** Text is hashed by its bytes, whatever its collation takes for the same. */
    private static String valueOf(String column, ColumnType type) {
        return TEXTS.contains(type.name()) ? column + " COLLATE \"C\"" : column;
    }

    private static Expressions hashed(List<String> values) {
        // The hash of a record is a sum of its columns' hashes: two rows that have swapped a value would add up to the
        // same.
        return new Expressions(
                "hash_record_extended(ROW(" + String.join(", ", values) + "), 0) AS h",
                "COUNT(*), COUNT(h), SUM(hashint8extended(h, 1)), 0");
    }

    private static Expressions digested(List<String> texts, Connection connection) throws SQLException {
        return new Expressions(
                "MD5(CONCAT_WS('|', " + String.join(", ", texts) + ")) AS h",
                Dialect.of(connection) == Dialect.POSTGRESQL ? SUMS_ON_POSTGRESQL : SUMS_ON_MARIADB);
    }

    /** Servers of other versions or on other machines may hash in other ways; those before version 14 cannot at all. */
    private static boolean hashesAlike(Connection legacy, Connection next) throws SQLException {
        int oldest = Math.min(
                legacy.getMetaData().getDatabaseMajorVersion(),
                next.getMetaData().getDatabaseMajorVersion());
        return oldest >= 14 && first(legacy, HASH_OF_SAMPLES).equals(first(next, HASH_OF_SAMPLES));
    }

    private static boolean keepsUtf8(Connection connection) throws SQLException {
        return Dialect.of(connection) != Dialect.POSTGRESQL
                || first(connection, "SHOW server_encoding").equals("UTF8");
    }

    private static String first(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }

    /** The rows of a range up to a key, and their digest. */
    record Sum(@Nullable List<Object> last, long rows, String digest) {}

    /** The digest of the first rows of a range. */
    Sum sum(
            Connection connection,
            Side side,
            KeyedRows rows,
            @Nullable List<Object> after,
            @Nullable List<Object> upTo,
            int max)
            throws SQLException {
        // First the last key: then all rows up to it are summed up, whatever is written meanwhile.
        List<Object> last = key(rows, rows.selectKey(connection, after, upTo, max - 1));
        if (last == null) {
            last = key(rows, rows.selectKey(connection, after, upTo, null));
        }
        if (last == null) {
            return new Sum(null, 0, "0");
        }
        Expressions asked = side == Side.LEGACY ? legacy : next;
        try (PreparedStatement select = rows.summed(connection, asked.row(), asked.sums(), after, last);
                ResultSet sums = select.executeQuery()) {
            sums.next();
            boolean complete = sums.getLong(1) == sums.getLong(2);
            // A row that is too large for the database to digest is like no other.
            String digest = complete
                    ? sums.getString(1) + " " + sums.getString(3) + " " + sums.getString(4)
                    : UUID.randomUUID().toString();
            return new Sum(last, sums.getLong(1), digest);
        }
    }

    private static @Nullable List<Object> key(KeyedRows rows, PreparedStatement select) throws SQLException {
        try (select;
                ResultSet row = select.executeQuery()) {
            return row.next() ? rows.key(row) : null;
        }
    }
}
