package dev.crossfade.jdbc;

import dev.crossfade.spi.BackfillSource;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A backfill from a query of the legacy database to a table of the new one, past the repositories and several times as fast.
 * For {@code backfill(..)} of an entity:
 *
 * <pre>{@code
 * .backfill(TableCopy.from(legacy, "SELECT id, status, total FROM orders")
 *         .to(next, "purchase")
 *         .key("id", Long.class)
 *         .column("status")
 *         .column("total_cents", row -> row.getBigDecimal("total").movePointRight(2).longValueExact()))
 * }</pre>
 *
 * <p>Both sides are read in pages, in the order of their keys, by conditions on the key columns: these need an index on
 * both sides. Text is ordered byte by byte whatever the columns' collations are, and where a column has another one, the
 * index has to have it too: {@code CREATE INDEX .. (number COLLATE "C")} on PostgreSQL, a {@code _bin} collation on MariaDB.
 * Keys that MariaDB holds in a column of type {@code UUID} are ordered by their text, which no index helps with; use
 * {@code BINARY(16)}.
 *
 * <p>No value is changed in silence. A column that is taken over as it is holds the same on both sides, whatever its types
 * there and the zones of sessions and JVM are: numbers are compared by value, a boolean is 0 or 1 where there is none, {@code
 * CHAR} without its padding, JSON by what it means, a UUID may be text or 16 bytes, {@code timestamptz} is MariaDB's {@code
 * TIMESTAMP}, and -0.0 is 0.0. A row with a value that the new column would round, pad, cut or not hold is refused and says
 * which column. A column whose types leave something to guess, such as {@code timestamptz} and {@code DATETIME}, whose zone
 * nobody has said, keeps the backfill from starting; it needs a mapping. An {@code Instant} that a mapping makes for a column
 * without a zone is written in UTC.
 *
 * <p>Rows of text, bytes or JSON without a bound are read a few at a time where they are large, about 16 MiB at once; the first
 * pages and those in which rows grow may hold more. A row that MariaDB's {@code max_allowed_packet} does not take is refused.
 *
 * <p>PostgreSQL is read by COPY where every column is taken over as it is and of a common type. Pages are written by COPY or, on
 * MariaDB, by LOAD DATA LOCAL, and by ordinary statements where the database does not take a page whole: because a row is there
 * already or is refused, the driver or the server does not allow it, or a value's text depends on settings, as that of a point
 * in time does on MariaDB. A page that was not taken whole costs the attempt; later ones try more and more seldom.
 *
 * <p>Immutable: each method returns a changed copy.
 */
public final class TableCopy implements BackfillSource.Factory {
    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_$]*(\\.[A-Za-z_][A-Za-z0-9_$]*)?");

    private final Parts parts;

    private TableCopy(Parts parts) {
        this.parts = parts;
    }

    /** Makes the value of one new column from a row of the legacy query. Must not move to another row. */
    @FunctionalInterface
    public interface Mapping {
        /**
         * The value; {@code null} for none. An exception refuses the row, whose key stays dirty, and no other.
         *
         * @param row on the row to map
         */
        @Nullable
        Object map(ResultSet row) throws SQLException;
    }

    /** A key column and its names on both sides. */
    record CopiedKey(String from, String to, Class<?> type) {}

    /** A column that is no key, and how it is made. */
    record CopiedColumn(
            String name,
            @Nullable Mapping mapping,
            @Nullable BiPredicate<@Nullable Object, @Nullable Object> equality) {}

    /** What has been said so far. */
    record Parts(
            Database legacy,
            String query,
            @Nullable Database next,
            String table,
            List<CopiedKey> keys,
            List<CopiedColumn> columns,
            Function<List<Object>, Object> toKey,
            Function<Object, List<Object>> toColumns,
            boolean isInBulk) {}

    /**
     * Begins with what is read.
     *
     * @param legacy the legacy database
     * @param query  selects every row once, without {@code ORDER BY}; it becomes a subquery of each page
     */
    public static TableCopy from(Database legacy, String query) {
        return new TableCopy(new Parts(
                Objects.requireNonNull(legacy, "legacy"),
                Objects.requireNonNull(query, "query"),
                null,
                "",
                List.of(),
                List.of(),
                columns -> columns.size() == 1 ? columns.get(0) : List.copyOf(columns),
                TableCopy::columnsOf,
                true));
    }

    @SuppressWarnings("unchecked") // The key of several columns is the list that toKey has made.
    private static List<Object> columnsOf(Object key) {
        return key instanceof List<?> list ? (List<Object>) list : List.of(key);
    }

    /** The new database and the table that is written. */
    public TableCopy to(Database next, String table) {
        return with(parts.legacy, Objects.requireNonNull(next, "next"), identifier(table), parts.keys, parts.columns);
    }

    /** As {@link #key(String, String, Class)}, with the same name on both sides. */
    public TableCopy key(String column, Class<?> type) {
        return key(column, column, type);
    }

    /**
     * A column of the key; several make a composite key in this order, which the migration knows as the {@code List} of
     * their values unless {@link #compositeKey} says otherwise.
     *
     * @param from its name in the query
     * @param to   its name in the table, where the columns of the key are the primary key or unique
     * @param type as the repository's key has it: {@code Long}, {@code Integer}, {@code Short}, {@code String} or {@code
     *     UUID}
     */
    public TableCopy key(String from, String to, Class<?> type) {
        List<CopiedKey> keys = new ArrayList<>(parts.keys);
        keys.add(new CopiedKey(identifier(from), identifier(to), keyType(from, type)));
        return with(parts.legacy, parts.next, parts.table, List.copyOf(keys), parts.columns);
    }

    /** How a composite key is made from the values of its columns, and taken apart again. */
    public TableCopy compositeKey(Function<List<Object>, Object> toKey, Function<Object, List<Object>> toColumns) {
        return new TableCopy(new Parts(
                parts.legacy,
                parts.query,
                parts.next,
                parts.table,
                parts.keys,
                parts.columns,
                Objects.requireNonNull(toKey, "toKey"),
                Objects.requireNonNull(toColumns, "toColumns"),
                parts.isInBulk));
    }

    /**
     * Rows are read and written by ordinary statements only, which takes several times as long: for a table with rules on INSERT,
     * which COPY passes by, or where LOAD DATA is not wanted in the binary log.
     */
    public TableCopy withoutBulk() {
        return new TableCopy(new Parts(
                parts.legacy,
                parts.query,
                parts.next,
                parts.table,
                parts.keys,
                parts.columns,
                parts.toKey,
                parts.toColumns,
                false));
    }

    /** A column that is taken over as it is, with the same name on both sides. */
    public TableCopy column(String name) {
        return add(new CopiedColumn(identifier(name), null, null));
    }

    /** A column that is made from the row. */
    public TableCopy column(String name, Mapping mapping) {
        return add(new CopiedColumn(identifier(name), Objects.requireNonNull(mapping, "mapping"), null));
    }

    /**
     * A column that is made from the row, and that says itself whether the table holds what was made, as is needed where a
     * database gives back another form of the same: JSON, for example.
     *
     * @param equality is given the mapped value and the table's
     */
    public TableCopy column(String name, Mapping mapping, BiPredicate<@Nullable Object, @Nullable Object> equality) {
        return add(new CopiedColumn(
                identifier(name),
                Objects.requireNonNull(mapping, "mapping"),
                Objects.requireNonNull(equality, "equality")));
    }

    private TableCopy add(CopiedColumn column) {
        List<CopiedColumn> columns = new ArrayList<>(parts.columns);
        columns.add(column);
        return with(parts.legacy, parts.next, parts.table, parts.keys, List.copyOf(columns));
    }

    private TableCopy with(
            Database legacy, @Nullable Database next, String table, List<CopiedKey> keys, List<CopiedColumn> columns) {
        return new TableCopy(new Parts(
                legacy, parts.query, next, table, keys, columns, parts.toKey, parts.toColumns, parts.isInBulk));
    }

    /** Keys are of types that have one order in all databases. */
    static Class<?> keyType(String column, Class<?> type) {
        if (!List.of(Long.class, Integer.class, Short.class, String.class, UUID.class)
                .contains(type)) {
            throw new IllegalArgumentException("The key column '" + column + "' is to be of " + type.getName()
                    + "; use Long, Integer, Short, String or UUID");
        }
        return type;
    }

    /** Names are put into statements, so only plain identifiers pass. */
    static String identifier(String name) {
        if (!IDENTIFIER.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "'" + name + "' is no plain name of a table or column; use letters, digits and underscores");
        }
        return name;
    }

    @Override
    public BackfillSource of(String entity) {
        Database next = parts.next;
        if (next == null || parts.keys.isEmpty()) {
            throw new IllegalArgumentException("The table copy of " + entity
                    + " names no table or no key column; add .to(next, \"table\").key(\"id\", Long.class)");
        }
        return new TableSource(entity, parts, next);
    }
}
