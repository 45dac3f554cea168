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
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Digests of ranges of rows, computed in the databases: how many rows there are, and sums of the MD5 of each. Sums need no
 * order and no room, and the key is a part of each hash, so that rows which have swapped their values differ. PostgreSQL's
 * own hashes of values and records are of no use here: they take a number for its negative, and 0.0 for NULL. Immutable.
 */
final class RangeDigests {
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
        List<String> here = new ArrayList<>();
        List<String> there = new ArrayList<>();
        for (Digested column : columns) {
            RowText.of(column.form(), column.from(), column.fromType(), column.toType())
                    .ifPresent(here::add);
            RowText.of(column.form(), column.to(), column.toType(), column.fromType())
                    .ifPresent(there::add);
        }
        boolean comparable =
                here.size() == columns.size() && there.size() == columns.size() && isFit(legacy) && isFit(next);
        return comparable
                ? Optional.of(new RangeDigests(digested(here, legacy), digested(there, next)))
                : Optional.empty();
    }

    private static Expressions digested(List<String> texts, Connection connection) throws SQLException {
        return new Expressions(
                "MD5(CONCAT_WS('|', " + String.join(", ", texts) + ")) AS h",
                Dialect.of(connection) == Dialect.POSTGRESQL ? SUMS_ON_POSTGRESQL : SUMS_ON_MARIADB);
    }

    /** MySQL takes the same functions to mean something else: its seconds of a TIME have no fraction, for one. */
    private static boolean isFit(Connection connection) throws SQLException {
        return Dialect.of(connection) == Dialect.POSTGRESQL
                ? first(connection, "SHOW server_encoding").equals("UTF8")
                : !connection.getMetaData().getDatabaseProductName().equals("MySQL");
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
