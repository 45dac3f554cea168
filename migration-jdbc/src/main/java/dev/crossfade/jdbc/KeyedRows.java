package dev.crossfade.jdbc;

import dev.crossfade.jdbc.internal.bulk.BinaryRow;
import dev.crossfade.jdbc.internal.bulk.ColumnKind;
import dev.crossfade.jdbc.internal.bulk.OneStatement;
import dev.crossfade.jdbc.internal.bulk.PostgreSqlCopy;
import dev.crossfade.jdbc.internal.bulk.PostgreSqlType;
import dev.crossfade.jdbc.internal.sql.Dialect;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.Temporal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a table or query, read in ranges of their key. The order of keys is the same in every database: numbers by value,
 * text byte by byte in UTF-8, UUIDs by their text. Immutable.
 */
final class KeyedRows {
    private static final Set<String> BINARY_COLLATIONS =
            Set.of("c", "posix", "c.utf8", "c.utf-8", "ucs_basic", "pg_c_utf8", "binary");

    /** Of MariaDB; in other character sets bytes have another order than in UTF-8. */
    private static final Pattern BYTES_OF_UTF8 = Pattern.compile("(utf8|utf8mb3|utf8mb4|ascii)_.*bin");

    private static final Set<String> POSTGRES_TEXT = Set.of("varchar", "text", "bpchar", "name", "unknown");
    private static final Pattern PLANNED_ROWS = Pattern.compile("rows=(\\d+)");
    private static final String NO_SUCH_COLUMN = "42S22";
    private static final int UUID_BYTES = 16;
    private static final long DAY = Duration.ofDays(1).toSeconds();
    private static final int NANOSECOND_DIGITS = 9;

    private final Dialect dialect;
    private final String rows;
    private final List<KeyColumn> keys;
    private final List<String> labels;
    private final List<Integer> sqlTypes;
    private final List<String> typeNames;
    private final String columns;
    private final List<TimeBound> window;

    /** A condition on a column that holds times. */
    private record TimeBound(String condition, Object time) {}

    /** A column of the key, and what to write in its place where order decides. */
    private record KeyColumn(String name, Class<?> type, int index, int sqlType, String typeName, String ordered) {}

    private KeyedRows(
            Dialect dialect,
            String rows,
            List<KeyColumn> keys,
            List<String> labels,
            List<Integer> sqlTypes,
            List<String> typeNames,
            String columns,
            List<TimeBound> window) {
        this.dialect = dialect;
        this.rows = rows;
        this.keys = keys;
        this.labels = labels;
        this.sqlTypes = sqlTypes;
        this.typeNames = typeNames;
        this.columns = columns;
        this.window = window;
    }

    /**
     * Looks the columns up.
     *
     * @param rows    what stands after {@code FROM}
     * @param columns what stands after {@code SELECT}
     */
    static KeyedRows of(Connection connection, String rows, List<String> names, List<Class<?>> types, String columns)
            throws SQLException {
        Dialect dialect = Dialect.of(connection);
        List<Integer> sqlTypes = new ArrayList<>();
        List<String> typeNames = new ArrayList<>();
        List<String> labels = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet none = statement.executeQuery("SELECT " + columns + " FROM " + rows + " WHERE 1 = 0")) {
            ResultSetMetaData meta = none.getMetaData();
            for (int i = 1; i <= meta.getColumnCount(); i++) {
                sqlTypes.add(meta.getColumnType(i));
                typeNames.add(meta.getColumnTypeName(i).toLowerCase(Locale.ROOT));
                labels.add(meta.getColumnLabel(i).toLowerCase(Locale.ROOT));
            }
        }
        List<KeyColumn> keys = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            int index = labels.indexOf(names.get(i).toLowerCase(Locale.ROOT));
            if (index < 0) {
                throw new IllegalStateException(
                        "The key column '" + names.get(i) + "' is not among the columns of the backfill");
            }
            KeyColumn key = new KeyColumn(
                    names.get(i), types.get(i), index + 1, sqlTypes.get(index), typeNames.get(index), names.get(i));
            keys.add(new KeyColumn(
                    key.name(),
                    key.type(),
                    key.index(),
                    key.sqlType(),
                    key.typeName(),
                    ordered(connection, dialect, rows, key)));
        }
        return new KeyedRows(dialect, rows, keys, labels, sqlTypes, typeNames, columns, List.of());
    }

    /**
     * Those of these rows only whose column is not before the one time and before the other.
     *
     * @param from  an {@code Instant} for a column of points in time, a {@code LocalDateTime} for one without a zone
     * @param until likewise
     */
    KeyedRows within(String column, Temporal from, Temporal until) {
        List<TimeBound> bounds =
                dialect == Dialect.MARIADB && from instanceof Instant first && until instanceof Instant end
                        ? inSeconds(column, first, end)
                        : List.of(new TimeBound(column + " >= ?", from), new TimeBound(column + " < ?", until));
        return new KeyedRows(dialect, rows, keys, labels, sqlTypes, typeNames, columns, bounds);
    }

    /**
     * MariaDB compares a TIMESTAMP with a time in the session's zone, where an hour of autumn comes twice. Seconds since 1970
     * alone are exact; but no index knows them, so that times a day before and after say first where to look.
     */
    private static List<TimeBound> inSeconds(String column, Instant from, Instant until) {
        List<TimeBound> bounds = new ArrayList<>();
        bounds.add(new TimeBound("UNIX_TIMESTAMP(" + column + ") >= ?", seconds(from)));
        bounds.add(new TimeBound("UNIX_TIMESTAMP(" + column + ") < ?", seconds(until)));
        // Of what does not fit into 31 bits FROM_UNIXTIME makes a null.
        if (from.getEpochSecond() - DAY > 0 && from.getEpochSecond() <= Integer.MAX_VALUE) {
            bounds.add(new TimeBound(column + " >= FROM_UNIXTIME(?)", from.getEpochSecond() - DAY));
        }
        if (until.getEpochSecond() > 0 && until.getEpochSecond() + DAY <= Integer.MAX_VALUE) {
            bounds.add(new TimeBound(column + " < FROM_UNIXTIME(?)", until.getEpochSecond() + DAY));
        }
        return bounds;
    }

    private static BigDecimal seconds(Instant time) {
        return BigDecimal.valueOf(time.getEpochSecond()).add(BigDecimal.valueOf(time.getNano(), NANOSECOND_DIGITS));
    }

    private static boolean isText(int sqlType) {
        return sqlType == Types.VARCHAR
                || sqlType == Types.CHAR
                || sqlType == Types.LONGVARCHAR
                || sqlType == Types.NVARCHAR
                || sqlType == Types.NCHAR;
    }

    private static String ordered(Connection connection, Dialect dialect, String rows, KeyColumn key)
            throws SQLException {
        if (dialect == Dialect.MARIADB && key.typeName().equals("uuid")) {
            return "CAST(" + key.name() + " AS CHAR)";
        }
        if (!isText(key.sqlType()) || dialect == Dialect.H2 || isBinary(connection, dialect, rows, key)) {
            return key.name();
        }
        return dialect == Dialect.POSTGRESQL
                ? key.name() + " COLLATE \"C\""
                : "CAST(CONVERT(" + key.name() + " USING utf8mb4) AS BINARY)";
    }

    private static boolean isBinary(Connection connection, Dialect dialect, String rows, KeyColumn key)
            throws SQLException {
        // A row without values is there even where the table is empty, as the new one is in the beginning.
        String noRow = " FROM (SELECT 1 AS one) o LEFT JOIN " + rows + " ON 1 = 0";
        String collation = dialect == Dialect.POSTGRESQL
                ? "SELECT CASE WHEN c = '\"default\"' THEN (SELECT datcollate FROM pg_database"
                        + " WHERE datname = current_database()) ELSE trim('\"' FROM c) END"
                        + " FROM (SELECT pg_collation_for(" + key.name() + ") AS c" + noRow + ") x"
                : "SELECT COLLATION(" + key.name() + ")" + noRow;
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(collation)) {
            String name = row.next() ? row.getString(1) : null;
            return name != null
                    && (BINARY_COLLATIONS.contains(name.toLowerCase(Locale.ROOT))
                            || BYTES_OF_UTF8.matcher(name).matches());
        }
    }

    /** How many columns the key has. */
    int keys() {
        return keys.size();
    }

    /** About how many rows there are, without counting them where the database can tell. */
    OptionalLong estimate(Connection connection) throws SQLException {
        boolean counts = dialect == Dialect.H2;
        String sql = (counts ? "SELECT COUNT(*) FROM " : "EXPLAIN SELECT * FROM ") + rows;
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            if (!row.next()) {
                return OptionalLong.empty();
            }
            if (counts) {
                return OptionalLong.of(row.getLong(1));
            }
            if (dialect == Dialect.MARIADB) {
                return OptionalLong.of(row.getLong("rows"));
            }
            Matcher planned = PLANNED_ROWS.matcher(row.getString(1));
            return planned.find() ? OptionalLong.of(Long.parseLong(planned.group(1))) : OptionalLong.empty();
        }
    }

    Dialect dialect() {
        return dialect;
    }

    /** The place of a column among those that are read; the first is 1. */
    int indexOf(String column) {
        int index = labels.indexOf(column.toLowerCase(Locale.ROOT));
        if (index < 0) {
            throw new IllegalStateException("The column '" + column + "' is not among the columns of the backfill");
        }
        return index + 1;
    }

    ColumnKind kind(int index) {
        return ColumnKind.of(dialect, sqlTypes.get(index - 1), typeNames.get(index - 1));
    }

    /** The first rows of a range, ready to be read. */
    PreparedStatement select(Connection connection, @Nullable List<Object> after, @Nullable List<Object> upTo, int max)
            throws SQLException {
        return ofRange(connection, columns, after, upTo, " ORDER BY " + order("") + " LIMIT " + max);
    }

    /**
     * The key's columns of one row of a range, ready to be read.
     *
     * @param place how many rows come before it; {@code null} for the last row
     */
    PreparedStatement selectKey(
            Connection connection, @Nullable List<Object> after, @Nullable List<Object> upTo, @Nullable Integer place)
            throws SQLException {
        String names = keys.stream().map(KeyColumn::name).collect(Collectors.joining(", "));
        String which = place == null
                ? " ORDER BY " + order(" DESC") + " LIMIT 1"
                : " ORDER BY " + order("") + " LIMIT 1 OFFSET " + place;
        return ofRange(connection, names, after, upTo, which);
    }

    private String order(String direction) {
        return keys.stream().map(key -> key.ordered() + direction).collect(Collectors.joining(", "));
    }

    /** What is asked of the rows of a range, ready to be read. */
    private PreparedStatement ofRange(
            Connection connection, String what, @Nullable List<Object> after, @Nullable List<Object> upTo, String tail)
            throws SQLException {
        List<Bound> bounds = new ArrayList<>();
        String sql = ofRange(what, after, upTo, tail, (column, value) -> {
            bounds.add(new Bound(column, value));
            return "?";
        });
        PreparedStatement select = connection.prepareStatement(sql);
        for (int i = 0; i < bounds.size(); i++) {
            KeyColumn column = bounds.get(i).column();
            bind(
                    select,
                    i + 1,
                    column.sqlType(),
                    column.typeName(),
                    bounds.get(i).value());
        }
        for (int i = 0; i < window.size(); i++) {
            bind(select, bounds.size() + i + 1, Types.OTHER, "", window.get(i).time());
        }
        return select;
    }

    private String ofRange(
            String what, @Nullable List<Object> after, @Nullable List<Object> upTo, String tail, Place place)
            throws SQLException {
        List<String> conditions = new ArrayList<>();
        if (after != null) {
            conditions.add(beyond(after, ">", ">", place));
        }
        if (upTo != null) {
            conditions.add(beyond(upTo, "<", "<=", place));
        }
        window.forEach(bound -> conditions.add(bound.condition()));
        return "SELECT " + what + " FROM " + rows
                + (conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions)) + tail;
    }

    /**
     * The rows of these keys, ready to be read; by the columns' own equality, which may find others, too.
     *
     * @param wanted the values of each key's columns, at least one key
     */
    PreparedStatement find(Connection connection, List<List<Object>> wanted) throws SQLException {
        return find(connection, columns, wanted, "");
    }

    /** The key's columns of the rows of these keys, held in their present state, ready to be read; likewise. */
    PreparedStatement findKeys(Connection connection, List<List<Object>> wanted) throws SQLException {
        String names = keys.stream().map(KeyColumn::name).collect(Collectors.joining(", "));
        return find(connection, names, wanted, " LOCK IN SHARE MODE");
    }

    private PreparedStatement find(Connection connection, String what, List<List<Object>> wanted, String tail)
            throws SQLException {
        String one = keys.stream().map(key -> key.name() + " = ?").collect(Collectors.joining(" AND ", "(", ")"));
        String sql = "SELECT " + what + " FROM " + rows + " WHERE "
                + (keys.size() == 1
                        ? keys.get(0).name() + " IN (" + String.join(", ", Collections.nCopies(wanted.size(), "?"))
                                + ")"
                        : String.join(" OR ", Collections.nCopies(wanted.size(), one)))
                + tail;
        PreparedStatement select = connection.prepareStatement(sql);
        int index = 1;
        for (List<Object> key : wanted) {
            for (int i = 0; i < keys.size(); i++) {
                KeyColumn column = keys.get(i);
                bind(select, index++, column.sqlType(), column.typeName(), key.get(i));
            }
        }
        return select;
    }

    /** The key's columns of rows taken by chance, ready to be read. Looks at every key. */
    PreparedStatement sample(Connection connection, int max) throws SQLException {
        String names = keys.stream().map(KeyColumn::name).collect(Collectors.joining(", "));
        String chance = dialect == Dialect.POSTGRESQL ? "random()" : "rand()";
        return connection.prepareStatement(
                "SELECT " + names + " FROM " + rows + " ORDER BY " + chance + " LIMIT " + max);
    }

    /** Sums over the rows of a range, ready to be read. */
    PreparedStatement summed(
            Connection connection,
            String perRow,
            String sums,
            @Nullable List<Object> after,
            @Nullable List<Object> upTo)
            throws SQLException {
        // Or the databases would put what is made of a row wherever it is summed, and make it each time.
        String once = dialect == Dialect.POSTGRESQL ? " OFFSET 0" : " LIMIT 18446744073709551615";
        return ofRange(connection, sums + " FROM (SELECT " + perRow, after, upTo, once + ") d");
    }

    private record Bound(KeyColumn column, Object value) {}

    /** As {@link #select}, without parameters, which COPY cannot have; not for a window of time. */
    String selectLiterally(Connection connection, @Nullable List<Object> after, @Nullable List<Object> upTo, int max)
            throws SQLException {
        return ofRange(
                columns,
                after,
                upTo,
                " ORDER BY " + order("") + " LIMIT " + max,
                (column, value) -> value instanceof Number
                        ? value.toString()
                        : PostgreSqlCopy.literal(connection, value.toString()));
    }

    /** What stands for a bound in a statement. */
    @FunctionalInterface
    private interface Place {
        String of(KeyColumn column, Object value) throws SQLException;
    }

    /**
     * Such as {@code a >= ? AND (a > ? OR (a = ? AND b > ?))}: the first part finds the place in an index where a database
     * does not see through the second.
     */
    private String beyond(List<Object> values, String strictly, String last, Place place) throws SQLException {
        if (keys.size() == 1) {
            return condition(0, last, values, place);
        }
        String outer = condition(0, strictly + "=", values, place);
        List<String> ways = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            StringBuilder way = new StringBuilder();
            for (int j = 0; j < i; j++) {
                way.append(condition(j, "=", values, place)).append(" AND ");
            }
            way.append(condition(i, i == keys.size() - 1 ? last : strictly, values, place));
            ways.add("(" + way + ")");
        }
        return outer + " AND (" + String.join(" OR ", ways) + ")";
    }

    private String condition(int key, String operator, List<Object> values, Place place) throws SQLException {
        return keys.get(key).ordered() + " " + operator + " " + place.of(keys.get(key), values.get(key));
    }

    /**
     * Makes sure that rows have the columns that were looked up: what {@code SELECT *} stands for follows the table, and a value
     * would be taken for that of the column which stood in its place.
     *
     * @throws SQLException of a statement that does not suit the table, if they have others
     */
    void requireColumns(ResultSet rows) throws SQLException {
        ResultSetMetaData meta = rows.getMetaData();
        boolean same = meta.getColumnCount() == labels.size();
        for (int i = 1; same && i <= labels.size(); i++) {
            same = labels.get(i - 1).equals(meta.getColumnLabel(i).toLowerCase(Locale.ROOT));
        }
        if (!same) {
            throw new SQLException("the columns have changed since they were looked up", NO_SUCH_COLUMN);
        }
    }

    /** The values of the key's columns in a row. */
    List<Object> key(ResultSet row) throws SQLException {
        List<Object> values = new ArrayList<>(keys.size());
        for (KeyColumn key : keys) {
            values.add(converted(key, row.getObject(key.index())));
        }
        return values;
    }

    /** The values of the key's columns, which come first, in a row. */
    List<Object> key(BinaryRow row, List<PostgreSqlType> types) {
        @Nullable Object[] raw = row.values(types, 0, keys.size());
        List<Object> values = new ArrayList<>(raw.length);
        for (int i = 0; i < raw.length; i++) {
            values.add(converted(keys.get(i), raw[i]));
        }
        return values;
    }

    private static Object converted(KeyColumn key, @Nullable Object value) {
        if (value == null) {
            throw new IllegalStateException("The key column '" + key.name() + "' holds a null");
        }
        if (value.getClass() == key.type()) {
            return value;
        }
        try {
            return converted(key.type(), value);
        } catch (IllegalArgumentException | ArithmeticException quoting) {
            // Without the cause, whose message repeats the value.
            throw new IllegalStateException("The column '" + key.name() + "' holds something that is no "
                    + key.type().getSimpleName() + ". Correct that row, or declare the column with another type.");
        }
    }

    private static Object converted(Class<?> type, Object value) {
        if (type == Long.class) {
            return value instanceof Integer number
                    ? (long) number
                    : exact(value).longValueExact();
        }
        if (type == Integer.class) {
            return exact(value).intValueExact();
        }
        if (type == Short.class) {
            return exact(value).shortValueExact();
        }
        if (type == UUID.class) {
            return uuid(value);
        }
        return value instanceof String text ? text : String.valueOf(value);
    }

    private static BigDecimal exact(Object value) {
        return value instanceof BigDecimal decimal ? decimal : new BigDecimal(String.valueOf(value));
    }

    private static UUID uuid(Object value) {
        if (value instanceof byte[] bytes && bytes.length == UUID_BYTES) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            return new UUID(buffer.getLong(), buffer.getLong());
        }
        return value instanceof UUID id ? id : UUID.fromString(String.valueOf(value));
    }

    /**
     * The types of all columns, if COPY may read them in its binary form, the columns of the key first.
     *
     * @return {@code null} where the database, its driver or a column does not allow it
     */
    @Nullable
    List<PostgreSqlType> binaryTypes(Connection connection) {
        // The driver takes a question mark for a parameter, COPY does not.
        if (dialect != Dialect.POSTGRESQL || rows.contains("?") || !PostgreSqlCopy.isPossibleOn(connection)) {
            return null;
        }
        List<PostgreSqlType> types = new ArrayList<>();
        for (String typeName : typeNames) {
            PostgreSqlType type = PostgreSqlType.named(typeName);
            if (type == null) {
                return null;
            }
            types.add(type);
        }
        for (int i = 0; i < keys.size(); i++) {
            if (keys.get(i).index() != i + 1 || !isPlain(keys.get(i).type(), types.get(i))) {
                return null;
            }
        }
        return types;
    }

    /** Whether the bounds of a key can stand in a statement as literals. */
    private static boolean isPlain(Class<?> key, PostgreSqlType type) {
        return switch (type) {
            case INT2, INT4, INT8 -> Number.class.isAssignableFrom(key);
            case UUID -> key == UUID.class;
            case TEXT, VARCHAR -> key == UUID.class || key == String.class;
            default -> false;
        };
    }

    /**
     * Inserts rows of these columns, as many as there are groups of values, and leaves out those whose key is there. MariaDB
     * cannot tell a key from another unique value: there the statement fails if either is there.
     *
     * @param inUtc whether MariaDB is to take points in time as if the session's zone were UTC
     */
    String insertIfAbsent(String table, List<String> names, String values, boolean inUtc) {
        String keyNames = keys.stream().map(KeyColumn::name).collect(Collectors.joining(", "));
        String all = String.join(", ", names);
        if (dialect == Dialect.POSTGRESQL) {
            // By the key only: a row that is in the way by another unique value is refused and told.
            // COPY writes identities too.
            return "INSERT INTO " + table + " (" + all + ") OVERRIDING SYSTEM VALUE VALUES " + values + " ON CONFLICT ("
                    + keyNames + ") DO NOTHING";
        }
        if (dialect == Dialect.MARIADB) {
            return (inUtc ? OneStatement.KEEPING_ZERO_IN_UTC : OneStatement.KEEPING_ZERO)
                    .of("INSERT INTO " + table + " (" + all + ") VALUES " + values);
        }
        String matches = keys.stream()
                .map(key -> "t." + key.name() + " = n." + key.name())
                .collect(Collectors.joining(" AND "));
        return "MERGE INTO " + table + " t USING (VALUES " + values + ") n (" + all + ") ON " + matches
                + " WHEN NOT MATCHED THEN INSERT (" + all + ") VALUES ("
                + names.stream().map(name -> "n." + name).collect(Collectors.joining(", ")) + ")";
    }

    /** What stands for the value of the column with this index among those that are read, in {@link #insertIfAbsent}. */
    String placeholder(int column) {
        if (dialect != Dialect.H2) {
            return "?";
        }
        // Where H2 is not told otherwise, it takes all values of a list for text.
        String type = typeNames.get(column);
        return type.equals("json") ? "? FORMAT JSON" : type.startsWith("binary") ? "CAST(? AS VARBINARY)" : "?";
    }

    /** Sets a value for the column with this index among those that are read. */
    void bind(PreparedStatement statement, int index, int column, @Nullable Object value) throws SQLException {
        bind(statement, index, sqlTypes.get(column), typeNames.get(column), value);
    }

    private void bind(PreparedStatement statement, int index, int sqlType, String typeName, @Nullable Object value)
            throws SQLException {
        if (value == null) {
            statement.setNull(index, Types.NULL);
        } else if (value instanceof UUID id) {
            bindUuid(statement, index, sqlType, typeName, id);
        } else if (value instanceof Instant time) {
            statement.setObject(index, time.atOffset(ZoneOffset.UTC));
        } else if (value instanceof Enum<?> constant) {
            bind(statement, index, sqlType, typeName, constant.name());
        } else if (value instanceof byte[] bytes) {
            statement.setBytes(index, bytes);
        } else if (value instanceof String && dialect == Dialect.POSTGRESQL && !POSTGRES_TEXT.contains(typeName)) {
            // PostgreSQL casts no text to JSON, enums and the like by itself, unless it is free to choose the type.
            statement.setObject(index, value, Types.OTHER);
        } else {
            statement.setObject(index, value);
        }
    }

    private static void bindUuid(PreparedStatement statement, int index, int sqlType, String typeName, UUID id)
            throws SQLException {
        if (sqlType == Types.BINARY || sqlType == Types.VARBINARY || sqlType == Types.LONGVARBINARY) {
            boolean isNative = typeName.equals("uuid");
            if (!isNative) {
                statement.setBytes(
                        index,
                        ByteBuffer.allocate(UUID_BYTES)
                                .putLong(id.getMostSignificantBits())
                                .putLong(id.getLeastSignificantBits())
                                .array());
                return;
            }
        }
        if (isText(sqlType)) {
            statement.setString(index, id.toString());
        } else {
            statement.setObject(index, id);
        }
    }

    /** Values of a driver's own classes, such as PostgreSQL's for JSON, as their text. */
    static Object plain(Object value) {
        return value.getClass().getName().startsWith("org.postgresql.") ? value.toString() : value;
    }
}
