package dev.crossfade.jdbc.types;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.Side;
import dev.crossfade.jdbc.Database;
import dev.crossfade.jdbc.TableCopy;
import dev.crossfade.jdbc.testing.Pair;
import dev.crossfade.jdbc.testing.TestDatabase;
import dev.crossfade.jdbc.testing.TestDatabases;
import dev.crossfade.jdbc.testing.TestServer;
import dev.crossfade.jdbc.types.ZonedPool.Zone;
import dev.crossfade.spi.BackfillSource;
import dev.crossfade.spi.BackfillSource.RangeDigest;
import dev.crossfade.spi.BackfillSource.Row;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.KeyRange;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Equal rows have equal digests in both databases, and any change makes another. */
abstract class RangeDigestContract {
    private static final int ROWS = 40;

    /** Of each type a value that every row has and another one that is as close to it as can be. */
    private record Sample(String column, String postgresql, String mariaDb, String value, String close) {}

    private static final List<Sample> SAMPLES = List.of(
            new Sample("small", "SMALLINT", "SMALLINT", "1", "-1"),
            new Sample("whole", "BIGINT", "BIGINT", "9007199254740993", "9007199254740992"),
            new Sample("price", "NUMERIC(12,4)", "DECIMAL(12,2)", "10.20", "-10.20"),
            new Sample("any_price", "NUMERIC", "DECIMAL(30,10)", "0.5000000000", "0.0500000000"),
            new Sample("flag", "BOOLEAN", "BOOLEAN", "true", "false"),
            new Sample("name", "VARCHAR(50)", "VARCHAR(50) COLLATE utf8mb4_general_ci", "'a|b'", "'A|b'"),
            new Sample("note", "TEXT", "TEXT", "'x'", "'x '"),
            new Sample("accent", "TEXT", "VARCHAR(20)", "'\u00e9'", "'e\u0301'"),
            new Sample("emoji", "TEXT", "LONGTEXT", "'\uD83D\uDE00'", "'\uD83D\uDE01'"),
            new Sample("code", "CHAR(5)", "CHAR(5)", "'ab'", "'abc'"),
            new Sample("day", "DATE", "DATE", "'1999-12-31'", "'2000-01-01'"),
            new Sample("hour", "TIME", "TIME(6)", "'23:59:59.999999'", "'23:59:59.999998'"),
            new Sample(
                    "local",
                    "TIMESTAMP",
                    "DATETIME(6)",
                    "'1969-12-31 23:59:59.999999'",
                    "'1969-12-31 23:59:59.999998'"),
            new Sample(
                    "moment",
                    "TIMESTAMPTZ",
                    "TIMESTAMP(6) NULL",
                    "'2024-10-27 00:30:00.000001'",
                    "'2024-10-27 01:30:00.000001'"),
            new Sample(
                    "ident",
                    "UUID",
                    "UUID",
                    "'123e4567-e89b-12d3-a456-426614174000'",
                    "'123e4567-e89b-12d3-a456-426614174001'"));

    /**
     * A type and values of it of which no two are the same: among them null, what is like nothing, a value and its negative, and
     * such as make each other where one stands next to the other.
     *
     * @param crosses whether a database of the other product digests it alike
     */
    private record Kind(String postgresql, String mariaDb, boolean crosses, List<String> values) {
        String type(boolean onMariaDb) {
            return onMariaDb ? mariaDb : postgresql;
        }

        /** The values as the database takes them. */
        List<String> values(boolean onMariaDb) {
            return values.stream().map(value -> literal(value, onMariaDb)).toList();
        }

        private String literal(String value, boolean onMariaDb) {
            return switch (postgresql) {
                case "BYTEA" ->
                    value.equals("NULL") ? value : onMariaDb ? "UNHEX(" + value + ")" : "decode(" + value + ", 'hex')";
                case "TIMESTAMPTZ" -> (onMariaDb ? "FROM_UNIXTIME(" : "to_timestamp(") + value + ")";
                case "UUID" ->
                    onMariaDb && mariaDb.startsWith("BINARY") ? "UNHEX(REPLACE(" + value + ", '-', ''))" : value;
                default -> value;
            };
        }
    }

    private static final List<String> UUIDS = List.of(
            "'00000000-0000-0000-0000-000000000000'",
            "'00000000-0000-0000-0000-00000000000a'",
            "'0000000a-0000-0000-0000-000000000000'",
            "NULL");

    private static final List<String> TEXTS = List.of("'b'", "'b|b'", "'a'", "'a|b'", "'~'", "''", "NULL");

    private static final List<Kind> KINDS = List.of(
            new Kind("SMALLINT", "SMALLINT", true, List.of("0", "1", "-1", "10", "NULL")),
            new Kind("BIGINT", "BIGINT", true, List.of("0", "9007199254740993", "-9007199254740993", "NULL")),
            new Kind("NUMERIC(12,4)", "DECIMAL(12,2)", true, List.of("0", "10.20", "-10.20", "1.02", "102", "NULL")),
            new Kind("REAL", "FLOAT", false, List.of("0", "0.1", "-0.1", "0.10000001", "1e10", "NULL")),
            new Kind(
                    "DOUBLE PRECISION",
                    "DOUBLE",
                    false,
                    List.of("0", "0.1", "-0.1", "0.10000000000000002", "1e300", "NULL")),
            new Kind("BOOLEAN", "BOOLEAN", true, List.of("true", "false", "NULL")),
            new Kind("BOOLEAN", "BIT(1)", true, List.of("true", "false", "NULL")),
            new Kind("JSONB", "JSON", false, List.of("'0'", "'1'", "'-1'", "'\"\"'", "'{}'", "'null'", "NULL")),
            new Kind("BYTEA", "VARBINARY(9)", true, List.of("''", "'00'", "'0000'", "'7E'", "NULL")),
            new Kind("TEXT", "TEXT", true, TEXTS),
            new Kind("VARCHAR(9)", "VARCHAR(9) COLLATE utf8mb4_general_ci", true, TEXTS),
            new Kind("CHAR(9)", "CHAR(9)", true, TEXTS),
            new Kind("DATE", "DATE", true, List.of("'2000-01-01'", "'1999-12-31'", "'2000-01-02'", "NULL")),
            new Kind("TIME", "TIME(6)", true, List.of("'00:00:00'", "'00:00:00.000001'", "'00:00:01'", "NULL")),
            new Kind(
                    "TIMESTAMP",
                    "DATETIME(6)",
                    true,
                    List.of(
                            "'2000-01-01 00:00:00'",
                            "'2000-01-01 00:00:00.000001'",
                            "'1999-12-31 23:59:59.999999'",
                            "NULL")),
            new Kind(
                    "TIMESTAMPTZ",
                    "TIMESTAMP(6) NULL",
                    true,
                    List.of("946684800", "946684800.000001", "946684799.999999", "NULL")),
            new Kind("UUID", "UUID", true, UUIDS),
            new Kind("UUID", "BINARY(16)", true, UUIDS));

    private TestDatabases databases;
    private ZonedPool legacyPool;
    private ZonedPool newPool;
    private Database legacy;
    private Database next;

    abstract Pair pair();

    @BeforeEach
    void open() {
        databases = pair().open();
        legacyPool = new ZonedPool(
                databases.legacy().dataSource(), databases.legacy().server());
        newPool = new ZonedPool(databases.next().dataSource(), databases.next().server());
        legacy = Database.of("legacy", legacyPool.dataSource());
        next = Database.of("next", newPool.dataSource());
    }

    @AfterEach
    void close() {
        databases.close();
    }

    private static boolean isMariaDb(TestDatabase database) {
        return database.server() == TestServer.MARIADB;
    }

    private void fill() throws SQLException {
        for (TestDatabase database : databases.both()) {
            String columns = SAMPLES.stream()
                    .map(sample ->
                            sample.column() + " " + (isMariaDb(database) ? sample.mariaDb() : sample.postgresql()))
                    .collect(Collectors.joining(", "));
            execute(database, "CREATE TABLE thing (id BIGINT PRIMARY KEY, " + columns + ")");
            String values = SAMPLES.stream().map(Sample::value).collect(Collectors.joining(", "));
            List<String> rows = new ArrayList<>();
            for (int id = 1; id <= ROWS; id++) {
                rows.add("(" + id + ", " + values + ")");
            }
            execute(
                    database,
                    "INSERT INTO thing (id, "
                            + SAMPLES.stream().map(Sample::column).collect(Collectors.joining(", ")) + ") VALUES "
                            + String.join(", ", rows));
            execute(database, "UPDATE thing SET note = '' WHERE id = 9");
            execute(database, "UPDATE thing SET small = 5 WHERE id = 10");
            execute(database, "UPDATE thing SET name = NULL, price = NULL, moment = NULL, day = NULL WHERE id = 11");
        }
    }

    private BackfillSource source() {
        TableCopy copy =
                TableCopy.from(legacy, "SELECT * FROM thing").to(next, "thing").key("id", Long.class);
        for (Sample sample : SAMPLES) {
            copy = copy.column(sample.column());
        }
        return copy.of("Thing");
    }

    private static RangeDigest digest(BackfillSource source, Side side) throws Throwable {
        return source.digest(side, KeyRange.ALL, 1_000).orElseThrow();
    }

    @Test
    void equal_rows_have_equal_digests_in_every_zone_and_any_change_makes_another() throws Throwable {
        fill();
        BackfillSource source = source();
        RangeDigest expected = digest(source, Side.LEGACY);
        for (Zone zone : Zone.values()) {
            newPool.setZone(zone);
            assertThat(digest(source, Side.NEW)).isEqualTo(expected);
        }
        for (Zone zone : Zone.values()) {
            legacyPool.setZone(zone);
            assertThat(digest(source, Side.LEGACY)).isEqualTo(expected);
        }
        for (Sample sample : SAMPLES) {
            for (String other : List.of(sample.close(), "NULL")) {
                change("UPDATE thing SET " + sample.column() + " = " + other + " WHERE id = 7", source, expected);
                execute(
                        databases.next(),
                        "UPDATE thing SET " + sample.column() + " = " + sample.value() + " WHERE id = 7");
                assertThat(digest(source, Side.NEW)).isEqualTo(expected);
            }
        }
        change("UPDATE thing SET note = NULL WHERE id = 9", source, expected);
        execute(databases.next(), "UPDATE thing SET note = '' WHERE id = 9");
        change("UPDATE thing SET small = 6 - small WHERE id IN (9, 10)", source, expected);
        execute(databases.next(), "UPDATE thing SET small = 6 - small WHERE id IN (9, 10)");
        assertThat(digest(source, Side.NEW)).isEqualTo(expected);
        change("UPDATE thing SET id = 1000 WHERE id = 40", source, expected);
        change("UPDATE thing SET id = 39 + 1 WHERE id = 1000", source, null);
        change("DELETE FROM thing WHERE id = 1", source, expected);
    }

    @Test
    void of_each_type_any_two_states_of_two_columns_and_two_rows_have_two_digests_and_each_has_one_on_both_sides()
            throws Throwable {
        try (Connection onLegacy = databases.legacy().connect();
                Statement toLegacy = onLegacy.createStatement();
                Connection onNext = databases.next().connect();
                Statement toNext = onNext.createStatement()) {
            for (int i = 0; i < KINDS.size(); i++) {
                Kind kind = KINDS.get(i);
                String table = "pair" + i;
                create(toLegacy, table, kind.type(isMariaDb(databases.legacy())));
                create(toNext, table, kind.type(isMariaDb(databases.next())));
                BackfillSource source = TableCopy.from(legacy, "SELECT * FROM " + table)
                        .to(next, table)
                        .key("id", Long.class)
                        .column("a")
                        .column("b")
                        .of("Thing");
                boolean oneProduct = isMariaDb(databases.legacy()) == isMariaDb(databases.next());
                if (!kind.crosses() && !oneProduct) {
                    assertThat(source.digest(Side.LEGACY, KeyRange.ALL, 10))
                            .as(kind.postgresql())
                            .isEmpty();
                    continue;
                }
                Map<String, List<Integer>> states = new HashMap<>();
                for (List<Integer> state : states(kind.values().size())) {
                    set(toLegacy, table, state, kind.values(isMariaDb(databases.legacy())));
                    set(toNext, table, state, kind.values(isMariaDb(databases.next())));
                    RangeDigest digest = digest(source, Side.LEGACY);
                    assertThat(digest(source, Side.NEW)).as(kind + " " + state).isEqualTo(digest);
                    assertThat(states.put(digest.digest(), state))
                            .as(kind + " has the same digest where it is " + state)
                            .isNull();
                }
            }
        }
    }

    private static void create(Statement statement, String table, String type) throws SQLException {
        statement.execute("CREATE TABLE " + table + " (id BIGINT PRIMARY KEY, a " + type + ", b " + type + ")");
        statement.execute("INSERT INTO " + table + " (id) VALUES (1), (2)");
    }

    /** Which values stand in two columns of one row and of another: any in the first place, and some in the others. */
    private static List<List<Integer>> states(int values) {
        List<List<Integer>> states = new ArrayList<>();
        int last = values - 1;
        for (int a = 0; a < values; a++) {
            for (int b : new int[] {0, 1, last}) {
                states.add(List.of(a, b, 0, 1));
            }
        }
        states.addAll(List.of(
                List.of(0, 0, 1, 1),
                List.of(1, 1, 0, 0),
                List.of(1, 0, 1, 0),
                List.of(0, 1, 1, 0),
                List.of(last, last, 1, 1),
                List.of(last, 1, last, 1)));
        return states;
    }

    private static void set(Statement statement, String table, List<Integer> state, List<String> values)
            throws SQLException {
        for (int id = 1; id <= 2; id++) {
            statement.execute("UPDATE " + table + " SET a = " + values.get(state.get(2 * id - 2)) + ", b = "
                    + values.get(state.get(2 * id - 1)) + " WHERE id = " + id);
        }
    }

    /** @param before another digest than that after the change; {@code null} for any */
    private void change(String sql, BackfillSource source, @Nullable RangeDigest before) throws Throwable {
        execute(databases.next(), sql);
        if (before != null) {
            assertThat(digest(source, Side.NEW).digest()).as(sql).isNotEqualTo(before.digest());
        }
    }

    @Test
    void a_digest_is_over_the_first_rows_of_a_range_in_the_order_of_keys() throws Throwable {
        fill();
        BackfillSource source = source();
        RangeDigest first = source.digest(Side.LEGACY, KeyRange.ALL, 15).orElseThrow();
        assertThat(first.last()).isEqualTo(new EntityKey("Thing", 15L));
        assertThat(first.rows()).isEqualTo(15);
        assertThat(source.digest(Side.NEW, new KeyRange(null, first.last()), 1_000))
                .contains(first);

        KeyRange rest = new KeyRange(first.last(), null);
        RangeDigest second = source.digest(Side.NEW, rest, 1_000).orElseThrow();
        assertThat(second.last()).isEqualTo(new EntityKey("Thing", 40L));
        assertThat(second.rows()).isEqualTo(25);
        assertThat(second.digest()).isNotEqualTo(first.digest());
        assertThat(source.digest(Side.LEGACY, rest, 25)).contains(second);

        KeyRange beyond = new KeyRange(second.last(), null);
        RangeDigest none = source.digest(Side.NEW, beyond, 10).orElseThrow();
        assertThat(none.last()).isNull();
        assertThat(none.rows()).isZero();
        assertThat(source.digest(Side.LEGACY, beyond, 10)).contains(none);
    }

    @Test
    void keys_of_several_columns_are_digested_up_to_the_same_key_on_both_sides() throws Throwable {
        for (TestDatabase database : databases.both()) {
            String text = isMariaDb(database) ? "VARCHAR(20) COLLATE utf8mb4_general_ci" : "VARCHAR(20)";
            String uuid = isMariaDb(database) ? "BINARY(16)" : "UUID";
            execute(
                    database,
                    "CREATE TABLE thing (tenant " + text + ", line INTEGER, ident " + uuid
                            + ", v INTEGER, PRIMARY KEY (tenant, line, ident))");
        }
        BackfillSource source = TableCopy.from(legacy, "SELECT * FROM thing")
                .to(next, "thing")
                .key("tenant", String.class)
                .key("line", Integer.class)
                .key("ident", UUID.class)
                .column("v")
                .of("Thing");
        BackfillSource back = TableCopy.from(next, "SELECT * FROM thing")
                .to(legacy, "thing")
                .key("tenant", String.class)
                .key("line", Integer.class)
                .key("ident", UUID.class)
                .column("v")
                .of("Thing");
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            List<Object> key =
                    List.of(List.of("_x", "Ab", "b").get(i % 3), i / 6, new UUID(i * 0x9E3779B97F4A7C15L, i));
            rows.add(new Row(new EntityKey("Thing", key), new @Nullable Object[] {(long) i}, null));
        }
        next.inTransaction(() -> source.insertMissing(rows));
        legacy.inTransaction(() -> back.insertMissing(rows));

        KeyRange range = KeyRange.ALL;
        for (int i = 0; i < 60; i += 13) {
            RangeDigest digest = source.digest(Side.LEGACY, range, 13).orElseThrow();
            assertThat(digest.rows()).isEqualTo(Math.min(13, 60 - i));
            assertThat(source.digest(Side.NEW, new KeyRange(range.after(), digest.last()), 13))
                    .contains(digest);
            assertThat(source.digest(Side.NEW, range, 13)).contains(digest);
            range = new KeyRange(digest.last(), null);
        }
    }

    @Test
    void what_java_makes_of_a_row_has_no_digest() throws Throwable {
        fill();
        BackfillSource mapped = TableCopy.from(legacy, "SELECT * FROM thing")
                .to(next, "thing")
                .key("id", Long.class)
                .column("whole", row -> row.getLong("whole"))
                .of("Thing");
        assertThat(mapped.digest(Side.LEGACY, KeyRange.ALL, 10)).isEmpty();
        assertThat(mapped.digest(Side.NEW, KeyRange.ALL, 10)).isEmpty();
    }

    /** Its functions of the same names mean something else. */
    @Test
    void a_database_that_calls_itself_mysql_makes_no_digests() throws Throwable {
        for (TestDatabase database : databases.both()) {
            execute(database, "CREATE TABLE thing (id BIGINT PRIMARY KEY, hour TIME(6))");
        }
        Database from = isMariaDb(databases.legacy()) ? Database.of("legacy", calledMySql(databases.legacy())) : legacy;
        Database to = isMariaDb(databases.next()) ? Database.of("next", calledMySql(databases.next())) : next;
        BackfillSource source = TableCopy.from(from, "SELECT * FROM thing")
                .to(to, "thing")
                .key("id", Long.class)
                .column("hour")
                .of("Thing");
        boolean anyMySql = databases.both().stream().anyMatch(RangeDigestContract::isMariaDb);
        for (Side side : Side.values()) {
            assertThat(source.digest(side, KeyRange.ALL, 10).isEmpty()).isEqualTo(anyMySql);
            assertThat(source.read(side, KeyRange.ALL, 10)).isEmpty();
        }
    }

    private static DataSource calledMySql(TestDatabase database) {
        return renaming(DataSource.class, database.dataSource());
    }

    /** The same, with everything that leads to the name of the product. */
    private static <T> T renaming(Class<T> type, T target) {
        return type.cast(Proxy.newProxyInstance(
                RangeDigestContract.class.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    if (method.getName().equals("getDatabaseProductName")) {
                        return "MySQL";
                    }
                    try {
                        Object result = method.invoke(target, arguments);
                        return result instanceof Connection connection
                                ? renaming(Connection.class, connection)
                                : result instanceof DatabaseMetaData meta
                                        ? renaming(DatabaseMetaData.class, meta)
                                        : result;
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getTargetException();
                    }
                }));
    }

    static void execute(TestDatabase database, String sql) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
