package dev.crossfade.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.crossfade.Side;
import dev.crossfade.internal.view.FailureKind;
import dev.crossfade.jdbc.testing.Pair;
import dev.crossfade.jdbc.testing.TestDatabase;
import dev.crossfade.jdbc.testing.TestDatabases;
import dev.crossfade.jdbc.testing.TestServer;
import dev.crossfade.spi.BackfillSource;
import dev.crossfade.spi.BackfillSource.Row;
import dev.crossfade.spi.KeyRange;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows that a table copy writes in bulk. */
abstract class BulkContract {
    private static final int ROWS = 60;
    private static final List<String> COLUMNS =
            List.of("id", "whole", "number", "words", "short", "flag", "local", "day", "bytes", "uid", "real_number");

    private TestDatabases databases;
    private Database legacy;
    private Database next;
    private long loadsBefore;

    abstract Pair pair();

    @BeforeEach
    void open() throws SQLException {
        databases = pair().open();
        legacy = Database.of("legacy", databases.legacy().dataSource());
        next = Database.of("next", databases.next().dataSource());
        for (TestDatabase database : databases.both()) {
            boolean mariaDb = database.server() == TestServer.MARIADB;
            execute(
                    database,
                    "CREATE TABLE thing (id bigint PRIMARY KEY, whole int, number decimal(30,6), words text, short varchar(10), "
                            + "flag boolean, local " + (mariaDb ? "datetime(6)" : "timestamp") + ", day date, bytes "
                            + (mariaDb ? "blob" : "bytea") + ", uid uuid, real_number double precision)");
        }
        if (databases.next().server() == TestServer.POSTGRES) {
            execute(databases.next(), "CREATE TABLE how (statement text)");
            execute(databases.next(), """
                    CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN INSERT INTO how VALUES (split_part(current_query(), ' ', 1)); RETURN NULL; END $$
                    """);
            execute(
                    databases.next(),
                    "CREATE TRIGGER how AFTER INSERT ON thing FOR EACH STATEMENT EXECUTE FUNCTION note()");
        }
        loadsBefore = 0;
        loadsBefore = loads();
    }

    @AfterEach
    void close() {
        databases.close();
    }

    private static void execute(TestDatabase database, String sql) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** How often rows were loaded in bulk and stayed, or on MariaDB were at least tried to be. */
    private long loads() throws SQLException {
        String sql = databases.next().server() == TestServer.POSTGRES
                ? "SELECT 'loads', COUNT(*) FROM how WHERE statement = 'COPY'"
                : "SHOW GLOBAL STATUS LIKE 'Com_load'";
        try (Connection connection = databases.next().dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(2) - loadsBefore;
        }
    }

    private TableCopy things() {
        TableCopy copy =
                TableCopy.from(legacy, "SELECT * FROM thing").to(next, "thing").key("id", Long.class);
        for (String column : COLUMNS.subList(1, COLUMNS.size())) {
            copy = copy.column(column);
        }
        return copy;
    }

    /** Adds rows to legacy, the first with these words, the others with values that are easily got wrong. */
    private void fill(Random random, int rows, @Nullable String firstWords) throws SQLException {
        boolean mariaDb = databases.legacy().server() == TestServer.MARIADB;
        try (Connection connection = databases.legacy().dataSource().getConnection();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO thing ("
                        + String.join(", ", COLUMNS) + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            for (int id = 1; id <= rows; id++) {
                insert.setLong(1, id);
                set(insert, 2, Types.INTEGER, any(random, Integer.MIN_VALUE, Integer.MAX_VALUE, 0, -1));
                set(
                        insert,
                        3,
                        Types.NUMERIC,
                        any(
                                random,
                                new BigDecimal("0"),
                                new BigDecimal("-0.000001"),
                                new BigDecimal("123456789012345678901234.567891"),
                                new BigDecimal("10000"),
                                new BigDecimal("-99999999.5")));
                insert.setString(
                        4,
                        id == 1 && firstWords != null
                                ? firstWords
                                : any(
                                        random,
                                        "",
                                        "\\N",
                                        "NULL",
                                        "a\tb\nc\rd\\e\\",
                                        "\\.",
                                        " '\" ",
                                        "ä€😀",
                                        "x".repeat(random.nextInt(20_000))));
                insert.setString(5, any(random, "short", "", "äöüß", "\\t"));
                set(insert, 6, Types.BOOLEAN, any(random, true, false));
                set(
                        insert,
                        7,
                        Types.TIMESTAMP,
                        any(
                                random,
                                LocalDateTime.of(2026, 3, 29, 2, 30),
                                LocalDateTime.of(1999, 12, 31, 23, 59, 59, 999_999_000),
                                LocalDateTime.of(1970, 1, 1, 0, 0, 0, 1_000)));
                set(insert, 8, Types.DATE, any(random, LocalDate.of(1582, 10, 15), LocalDate.of(9999, 12, 31)));
                insert.setBytes(9, any(random, new byte[0], everyByte(), "\\x41".getBytes(StandardCharsets.UTF_8)));
                UUID uid = any(random, UUID.nameUUIDFromBytes(new byte[] {(byte) random.nextInt()}), new UUID(0, 0));
                if (mariaDb) {
                    insert.setString(10, uid == null ? null : uid.toString());
                } else {
                    set(insert, 10, Types.OTHER, uid);
                }
                set(insert, 11, Types.DOUBLE, any(random, 0.1, -1e300, 5e-300));
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    private static void set(PreparedStatement insert, int index, int type, @Nullable Object value) throws SQLException {
        if (value == null) {
            insert.setNull(index, type);
        } else {
            insert.setObject(index, value);
        }
    }

    /** One of them, or null. */
    @SafeVarargs
    private static <T> @Nullable T any(Random random, T... values) {
        int index = random.nextInt(values.length + 1);
        return index == values.length ? null : values[index];
    }

    private static byte[] everyByte() {
        byte[] bytes = new byte[256];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }

    /** Everything a table holds, each row as text. */
    private static List<String> contents(TestDatabase database) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT " + String.join(", ", COLUMNS) + " FROM thing ORDER BY id")) {
            while (row.next()) {
                byte[] bytes = row.getBytes(9);
                rows.add(Arrays.asList(
                                row.getLong(1),
                                row.getObject(2),
                                row.getBigDecimal(3),
                                row.getString(4),
                                row.getString(5),
                                row.getObject(6, Boolean.class),
                                row.getObject(7, LocalDateTime.class),
                                row.getObject(8, LocalDate.class),
                                bytes == null ? null : HexFormat.of().formatHex(bytes),
                                row.getString(10),
                                row.getObject(11, Double.class))
                        .toString());
            }
        }
        return rows;
    }

    private int insert(BackfillSource source, List<Row> rows) throws Throwable {
        Integer inserted = next.inTransaction(() -> source.insertMissing(rows));
        return inserted == null ? 0 : inserted;
    }

    private static Random random() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        return new Random(seed);
    }

    @Test
    void every_value_crosses_in_bulk_as_it_is() throws Throwable {
        fill(random(), ROWS, null);
        BackfillSource source = things().of("Thing");

        List<Row> rows = source.read(Side.LEGACY, KeyRange.ALL, 100);
        assertThat(insert(source, rows)).isEqualTo(ROWS);

        assertThat(loads()).isEqualTo(1);
        assertThat(contents(databases.next())).isEqualTo(contents(databases.legacy()));
        List<Row> held = source.read(Side.NEW, KeyRange.ALL, 100);
        assertThat(held).hasSize(ROWS);
        for (int i = 0; i < ROWS; i++) {
            assertThat(held.get(i).key()).isEqualTo(rows.get(i).key());
            assertThat(source.isSame(rows.get(i), held.get(i)))
                    .as(rows.get(i).key().toString())
                    .isTrue();
        }
    }

    @Test
    void values_that_are_made_from_the_row_cross_in_bulk_too() throws Throwable {
        fill(random(), ROWS, null);
        TableCopy mapped =
                TableCopy.from(legacy, "SELECT * FROM thing").to(next, "thing").key("id", Long.class);
        for (String column : COLUMNS.subList(1, COLUMNS.size())) {
            mapped = column.equals("words")
                    ? mapped.column(column, row -> row.getString(column))
                    : mapped.column(column);
        }
        BackfillSource source = mapped.of("Thing");

        List<Row> rows = source.read(Side.LEGACY, KeyRange.ALL, 100);
        insert(source, rows);

        assertThat(loads()).isEqualTo(1);
        assertThat(contents(databases.next())).isEqualTo(contents(databases.legacy()));
        List<Row> held = source.read(Side.NEW, KeyRange.ALL, 100);
        for (int i = 0; i < ROWS; i++) {
            assertThat(source.isSame(rows.get(i), held.get(i)))
                    .as(rows.get(i).key().toString())
                    .isTrue();
        }
    }

    @Test
    void a_difference_in_any_column_is_seen() throws Throwable {
        fill(random(), ROWS, null);
        BackfillSource source = things().of("Thing");
        List<Row> rows = source.read(Side.LEGACY, KeyRange.ALL, 100);
        insert(source, rows);
        List<String> changes = List.of(
                "whole = 7",
                "number = 7.000001",
                "words = 'other'",
                "short = 'other'",
                "flag = NOT COALESCE(flag, FALSE)",
                "local = '2026-05-05 05:05:05'",
                "day = '2026-01-01'",
                "bytes = 'x'",
                "uid = '00000000-0000-0000-0000-000000000007'",
                "real_number = 7.5");
        for (int i = 0; i < changes.size(); i++) {
            execute(databases.next(), "UPDATE thing SET " + changes.get(i) + " WHERE id = " + (i + 1));
        }

        List<Row> held = source.read(Side.NEW, KeyRange.ALL, 100);

        for (int i = 0; i < ROWS; i++) {
            assertThat(source.isSame(rows.get(i), held.get(i)))
                    .as(rows.get(i).key().toString())
                    .isEqualTo(i >= changes.size());
        }
    }

    @Test
    void rows_that_are_there_are_left_alone_and_later_pages_go_in_bulk_again() throws Throwable {
        fill(random(), 3 * ROWS, null);
        execute(databases.next(), "INSERT INTO thing (id, words) VALUES (7, 'mine')");
        BackfillSource source = things().of("Thing");
        List<Row> rows = source.read(Side.LEGACY, KeyRange.ALL, 1_000);

        insert(source, rows.subList(0, ROWS));
        insert(source, rows.subList(ROWS, 2 * ROWS));
        long before = loads();
        insert(source, rows.subList(2 * ROWS, 3 * ROWS));

        assertThat(loads()).isEqualTo(before + 1);
        List<String> expected = contents(databases.legacy());
        expected.set(6, "[7, null, null, mine, null, null, null, null, null, null, null]");
        assertThat(contents(databases.next())).isEqualTo(expected);
    }

    @Test
    void a_row_that_the_database_refuses_refuses_its_page_and_nothing_of_it_is_written() throws Throwable {
        fill(random(), ROWS, "secret 4711");
        execute(
                databases.next(),
                "ALTER TABLE thing ADD CONSTRAINT short_words CHECK (words IS NULL OR char_length(words) <= 5)");
        BackfillSource source = things().of("Thing");
        List<Row> rows = source.read(Side.LEGACY, KeyRange.ALL, 100);

        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> insert(source, rows))
                .matches(failure -> FailureKind.of(failure) == FailureKind.REFUSED);
        assertThat(contents(databases.next())).isEmpty();
    }

    @Test
    void a_row_with_a_value_that_does_not_fit_is_refused_by_itself_and_not_cut() throws Throwable {
        fill(random(), ROWS, "secret 4711");
        execute(
                databases.next(),
                databases.next().server() == TestServer.MARIADB
                        ? "ALTER TABLE thing MODIFY words varchar(5)"
                        : "ALTER TABLE thing ALTER words TYPE varchar(5)");
        BackfillSource source = things().of("Thing");
        List<Row> rows = source.read(Side.LEGACY, KeyRange.ALL, 100);
        List<Row> fit = rows.stream().filter(row -> row.refusal() == null).toList();

        assertThat(rows).hasSize(ROWS);
        assertThat(rows.get(0).refusal()).isEqualTo("column words is longer than the new column");
        insert(source, fit);
        assertThat(contents(databases.next())).hasSize(fit.size()).isSubsetOf(contents(databases.legacy()));
    }

    @Test
    void who_wants_statements_gets_statements() throws Throwable {
        fill(random(), ROWS, null);
        BackfillSource source = things().withoutBulk().of("Thing");

        insert(source, source.read(Side.LEGACY, KeyRange.ALL, 100));

        assertThat(loads()).isZero();
        assertThat(contents(databases.next())).isEqualTo(contents(databases.legacy()));
    }

    @Test
    void rows_cross_by_statements_where_the_bulk_load_is_not_allowed() throws Throwable {
        fill(random(), ROWS, null);
        if (databases.next().server() == TestServer.MARIADB) {
            next = Database.of(
                    "next", databases.next().openPool(databases.next().url() + "?allowLocalInfile=false", 2));
        } else {
            // COPY fires it by statement too, and only INSERT passes.
            execute(databases.next(), """
                    CREATE OR REPLACE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN
                      IF current_query() LIKE 'COPY%' THEN RAISE EXCEPTION 'no COPY' USING ERRCODE = '42501'; END IF;
                      RETURN NULL;
                    END $$
                    """);
        }
        BackfillSource source = things().of("Thing");

        assertThat(insert(source, source.read(Side.LEGACY, KeyRange.ALL, 100))).isEqualTo(ROWS);

        assertThat(contents(databases.next())).isEqualTo(contents(databases.legacy()));
    }
}
