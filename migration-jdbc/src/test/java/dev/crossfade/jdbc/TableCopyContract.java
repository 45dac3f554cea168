package dev.crossfade.jdbc;

import static dev.crossfade.jdbc.orders.OrdersMigration.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.crossfade.Migration;
import dev.crossfade.MigrationException;
import dev.crossfade.Side;
import dev.crossfade.backfill.Backfill;
import dev.crossfade.backfill.BackfillStatus;
import dev.crossfade.control.ManualControl;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.orders.JdbiOrders;
import dev.crossfade.jdbc.orders.Order;
import dev.crossfade.jdbc.orders.Orders;
import dev.crossfade.jdbc.orders.OrdersMigration;
import dev.crossfade.jdbc.testing.HookedPool;
import dev.crossfade.jdbc.testing.Pair;
import dev.crossfade.jdbc.testing.TestDatabase;
import dev.crossfade.jdbc.testing.TestDatabases;
import dev.crossfade.jdbc.testing.TestServer;
import dev.crossfade.reconcile.Scope;
import dev.crossfade.reconcile.Verdict;
import dev.crossfade.run.RunState;
import dev.crossfade.spi.BackfillSource;
import dev.crossfade.spi.BackfillSource.Row;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.KeyRange;
import dev.crossfade.testing.Moves;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The backfill from table to table. */
abstract class TableCopyContract {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int KEYS = 120;

    private TestDatabases databases;
    private HookedPool newPool;
    private Database legacy;
    private Database next;

    abstract Pair pair();

    /** Whether rows may cross in bulk. */
    boolean inBulk() {
        return true;
    }

    private TableCopy copyFrom(Database database, String query) {
        TableCopy copy = TableCopy.from(database, query);
        return inBulk() ? copy : copy.withoutBulk();
    }

    @BeforeEach
    void open() {
        databases = pair().open();
        legacy = Database.of("legacy", databases.legacy().dataSource());
        newPool = new HookedPool(databases.next().dataSource());
        next = Database.of("next", newPool.dataSource());
    }

    @AfterEach
    void close() {
        databases.close();
    }

    private TableCopy orders() {
        return copyFrom(legacy, "SELECT id, number, status, steps FROM orders")
                .to(next, "orders")
                .key("id", Long.class)
                .column("number")
                .column("status");
    }

    /** A migration in {@code LEGACY_PRIMARY}, with orders that legacy had before. */
    private Migration migrating(TableCopy copy, int oldRows) {
        OrdersMigration.createTables(databases);
        legacy.jdbi().useHandle(handle -> {
            for (int id = 1; id <= oldRows; id++) {
                handle.execute(
                        "INSERT INTO orders (id, number, status, steps) VALUES (?, ?, 'open', ?)", id, "n" + id, id);
            }
        });
        Migration migration = Migration.of("orders")
                .between(legacy, next)
                .repository(
                        Orders.class,
                        r -> r.from(new JdbiOrders(legacy.jdbi(), product(databases.legacy())))
                                .to(new JdbiOrders(next.jdbi(), product(databases.next())))
                                .key(Order.class, Order::id)
                                .overwrite(Orders::put)
                                .findAll(Orders::findAllById)
                                .overwriteAll(Orders::putAll)
                                .deleteAll(Orders::deleteAllById)
                                .backfill(copy))
                .control(ManualControl.create())
                .meters(new CompositeMeterRegistry())
                .closeTimeout(Duration.ofMillis(100))
                .build();
        migration.start();
        Moves.move(migration, Stage.LEGACY_PRIMARY, ALICE);
        return migration;
    }

    private static String product(TestDatabase database) {
        return switch (database.server()) {
            case POSTGRES -> "PostgreSQL";
            case MARIADB -> "MariaDB";
            case H2, H2_SHARED -> "H2";
        };
    }

    private static BackfillStatus run(Migration migration, int page) throws InterruptedException {
        Backfill backfill = migration.backfill(Orders.class);
        backfill.limits(backfill.limits().withMaxPage(page));
        return backfill.start(ALICE).awaitEnd(PATIENCE);
    }

    private static List<Order> rows(Database database) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery("SELECT id, number, status, steps FROM orders ORDER BY id")
                        .map((row, context) ->
                                new Order(row.getLong(1), row.getString(2), row.getString(3), row.getLong(4)))
                        .list());
    }

    private static void awaitClean(Migration migration) {
        await().atMost(PATIENCE).until(() -> migration.status().ledger().dirty() == 0);
    }

    @Test
    void rows_cross_what_was_there_is_made_equal_and_what_was_deleted_stays_deleted() throws Exception {
        try (Migration migration = migrating(orders().column("steps"), 2_000)) {
            Orders orders = migration.repository(Orders.class);
            next.jdbi().useHandle(handle -> {
                handle.execute("INSERT INTO orders (id, number, status, steps) VALUES (7, 'n7', 'stale', 1)");
                handle.execute("INSERT INTO orders (id, number, status, steps) VALUES (9999, 'x', 'gone', 1)");
            });
            orders.deleteById(11);
            orders.step(12);
            awaitClean(migration);

            BackfillStatus status = run(migration, 700);

            assertThat(status.state()).as(status.toString()).isEqualTo(RunState.COMPLETED);
            assertThat(status.rows()).isEqualTo(1_999);
            assertThat(status.marked()).isEqualTo(2);
            assertThat(status.estimatedRows()).isNotNull();
            awaitClean(migration);
            assertThat(rows(next)).isEqualTo(rows(legacy)).hasSize(1_999);
            assertThat(migration.check(Stage.NEW_PRIMARY, ALICE))
                    .singleElement()
                    .asString()
                    .contains("never compared in full on Order");
            assertThat(migration
                            .reconciliation(Orders.class)
                            .start(Scope.full(), ALICE)
                            .awaitEnd(PATIENCE)
                            .verdict())
                    .isEqualTo(Verdict.CLEAN);
            assertThat(migration.check(Stage.NEW_PRIMARY, ALICE)).isEmpty();
        }
    }

    @Test
    void columns_are_made_from_the_row_and_a_row_that_cannot_be_mapped_stops_no_other() throws Exception {
        TableCopy copy = orders().column("steps", row -> {
            if (row.getLong("steps") == 30) {
                throw new ArithmeticException("secret 4711");
            }
            return Math.multiplyExact(row.getLong("steps"), 1L);
        });
        try (Migration migration = migrating(copy, 50)) {
            BackfillStatus status = run(migration, 20);

            assertThat(status.state()).isEqualTo(RunState.COMPLETED);
            assertThat(status.refused()).isEqualTo(1);
            assertThat(status.inserted()).isEqualTo(49);
            // By the repository, which needs no mapping.
            awaitClean(migration);
            assertThat(rows(next)).isEqualTo(rows(legacy));
            String reason = next.jdbi()
                    .withHandle(handle -> handle.createQuery("SELECT reason FROM crossfade_backfill_refused")
                            .mapTo(String.class)
                            .one());
            assertThat(reason).isEqualTo("column steps cannot be mapped: ArithmeticException");
        }
    }

    @Test
    void a_value_that_does_not_fit_refuses_its_row_alone() throws Exception {
        try (Migration migration = migrating(orders().column("steps"), 0)) {
            next.jdbi().useHandle(handle -> handle.execute("ALTER TABLE orders ADD CONSTRAINT few CHECK (steps < 40)"));
            legacy.jdbi().useHandle(handle -> {
                for (int id = 1; id <= 41; id++) {
                    handle.execute("INSERT INTO orders (id, status, steps) VALUES (?, 'open', ?)", id, id);
                }
            });

            BackfillStatus status = run(migration, 25);

            assertThat(status.state()).isEqualTo(RunState.COMPLETED);
            assertThat(status.refused()).isEqualTo(2);
            assertThat(rows(next)).hasSize(39);
            assertThat(migration.status().ledger().dirty()).isEqualTo(2);
        }
    }

    @Test
    void a_row_with_id_0_keeps_it() throws Exception {
        try (Migration migration = migrating(orders().column("steps"), 40)) {
            legacy.jdbi().useHandle(handle -> {
                if (databases.legacy().server() == TestServer.MARIADB) {
                    handle.execute("SET SESSION sql_mode = CONCAT(@@sql_mode, ',NO_AUTO_VALUE_ON_ZERO')");
                }
                handle.execute("INSERT INTO orders (id, number, status, steps) VALUES (0, 'n0', 'open', 0)");
            });

            BackfillStatus status = run(migration, 100);

            assertThat(status.state()).as(status.toString()).isEqualTo(RunState.COMPLETED);
            assertThat(status.inserted()).isEqualTo(41);
            assertThat(status.marked()).isZero();
            assertThat(rows(next)).isEqualTo(rows(legacy)).hasSize(41);
        }
    }

    @Test
    void a_row_whose_other_unique_value_is_taken_is_refused_and_rows_that_are_there_count_as_neither()
            throws Exception {
        try (Migration migration = migrating(orders().column("steps"), 40)) {
            next.jdbi().useHandle(handle -> {
                handle.execute("INSERT INTO orders (id, number, status, steps) VALUES (9001, 'n3', 'open', 3)");
                handle.execute("INSERT INTO orders (id, number, status, steps) VALUES (5, 'n5', 'open', 5)");
            });

            Backfill backfill = migration.backfill(Orders.class);
            // Or another thread's page would find the row that is in the way, and have it removed before.
            backfill.limits(backfill.limits().withThreads(1));
            BackfillStatus status = backfill.start(ALICE).awaitEnd(PATIENCE);

            assertThat(status.state()).as(status.toString()).isEqualTo(RunState.COMPLETED);
            assertThat(status.refused()).isEqualTo(1);
            assertThat(status.inserted()).isEqualTo(38);
            assertThat(status.marked()).isEqualTo(2);
            String reason = next.jdbi()
                    .withHandle(handle -> handle.createQuery("SELECT reason FROM crossfade_backfill_refused")
                            .mapTo(String.class)
                            .one());
            assertThat(reason).startsWith("another row has a value that must be unique (");
        }
    }

    @Test
    void columns_that_are_not_there_keep_the_backfill_from_starting_and_are_all_named() throws Exception {
        TableCopy copy = TableCopy.from(legacy, "SELECT id, number, status AS state FROM orders")
                .to(next, "orders")
                .key("id", "order_id", Long.class)
                .column("number")
                .column("status")
                .column("stepps", row -> 1);
        try (Migration migration = migrating(copy, 3)) {
            assertThatThrownBy(() -> migration.backfill(Orders.class).start(ALICE))
                    .isInstanceOf(MigrationException.class)
                    .hasMessageContaining("the column order_id is not among those of the new table orders, [id, ")
                    .hasMessageContaining("the column stepps is not among those of the new table orders")
                    .hasMessageContaining(
                            "the column status is not among those of the legacy query, [id, number, state]")
                    .hasMessageContaining("Nothing was changed");
            assertThat(migration.backfill(Orders.class).status().state()).isEqualTo(RunState.NOT_STARTED);
        }
    }

    @Test
    void columns_that_leave_something_to_guess_keep_the_backfill_from_starting() throws Exception {
        TableCopy copy = TableCopy.from(
                        legacy, "SELECT id, number, status, CAST('2024-01-01' AS DATE) AS steps FROM orders")
                .to(next, "orders")
                .key("id", Long.class)
                .column("number")
                .column("steps");
        try (Migration migration = migrating(copy, 3)) {
            assertThatThrownBy(() -> migration.backfill(Orders.class).start(ALICE))
                    .isInstanceOf(MigrationException.class)
                    .hasMessageContaining("the column steps is date on the legacy side and ")
                    .hasMessageContaining("make it with a mapping")
                    .hasMessageContaining("Nothing was changed");
            assertThat(migration.backfill(Orders.class).status().state()).isEqualTo(RunState.NOT_STARTED);
        }
    }

    @Test
    void a_column_dropped_while_a_page_is_copied_ends_the_backfill_and_once_it_is_back_all_rows_cross()
            throws Exception {
        try (Migration migration = migrating(orders().column("steps"), 60)) {
            newPool.before("INTO orders", () -> execute(databases.next(), "ALTER TABLE orders DROP COLUMN steps"));

            BackfillStatus status = run(migration, 10);

            assertThat(status.state()).as(status.toString()).isEqualTo(RunState.FAILED);
            assertThat(status.reason()).contains("a statement does not suit the tables", "start the backfill again");
            assertThat(status.refused()).isZero();
            execute(databases.next(), "ALTER TABLE orders ADD steps BIGINT DEFAULT 0 NOT NULL");
            // Each connection may find out by itself.
            for (int i = 0; i < 20 && status.state() != RunState.COMPLETED; i++) {
                status = run(migration, 10);
            }
            assertThat(status.state()).as(status.toString()).isEqualTo(RunState.COMPLETED);
            awaitClean(migration);
            assertThat(rows(next)).isEqualTo(rows(legacy)).hasSize(60);
        }
    }

    @Test
    void a_column_narrowed_meanwhile_refuses_the_rows_that_do_not_fit_and_cuts_none() throws Exception {
        try (Migration migration = migrating(orders().column("steps"), 12)) {
            newPool.before(
                    "INTO orders",
                    () -> execute(
                            databases.next(),
                            databases.next().server() == TestServer.MARIADB
                                    ? "ALTER TABLE orders MODIFY number VARCHAR(2)"
                                    : "ALTER TABLE orders ALTER COLUMN number "
                                            + (databases.next().server() == TestServer.H2
                                                    ? "SET DATA TYPE VARCHAR(2)"
                                                    : "TYPE VARCHAR(2)")));

            Backfill backfill = migration.backfill(Orders.class);
            // Or another thread's page would keep the column from being narrowed.
            backfill.limits(backfill.limits().withMaxPage(5).withThreads(1));
            BackfillStatus status = backfill.start(ALICE).awaitEnd(PATIENCE);

            assertThat(status.state()).as(status.toString()).isEqualTo(RunState.COMPLETED);
            assertThat(status.refused()).isEqualTo(3);
            // H2 may lose a page to the change; its keys were marked then.
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(rows(next)).isEqualTo(rows(legacy).subList(0, 9)));
        }
    }

    @Test
    void a_column_that_the_legacy_table_loses_ends_the_backfill() throws Exception {
        try (Migration migration = migrating(orders().column("steps"), 30)) {
            newPool.before("INTO orders", () -> execute(databases.legacy(), "ALTER TABLE orders DROP COLUMN steps"));

            BackfillStatus status = run(migration, 10);

            assertThat(status.state()).as(status.toString()).isEqualTo(RunState.FAILED);
            assertThat(status.reason()).contains("a statement does not suit the tables");
        }
    }

    @Test
    void a_column_added_to_the_legacy_table_meanwhile_moves_no_value_into_another() throws Exception {
        TableCopy copy = copyFrom(legacy, "SELECT * FROM orders")
                .to(next, "orders")
                .key("id", Long.class)
                .column("number")
                .column("status")
                .column("steps", row -> row.getLong("steps"));
        try (Migration migration = migrating(copy, 60)) {
            newPool.before(
                    "INTO orders",
                    () -> execute(
                            databases.legacy(),
                            "ALTER TABLE orders ADD COLUMN extra BIGINT DEFAULT 7 NOT NULL"
                                    + (databases.legacy().server() == TestServer.MARIADB ? " FIRST" : "")));

            BackfillStatus status = run(migration, 10);

            assertThat(rows(legacy)).hasSize(60).containsAll(rows(next));
            // Each connection may find out by itself.
            for (int i = 0; i < 20 && status.state() != RunState.COMPLETED; i++) {
                assertThat(status.reason())
                        .contains("a statement does not suit the tables", "start the backfill again");
                status = run(migration, 10);
            }
            assertThat(status.state()).as(status.toString()).isEqualTo(RunState.COMPLETED);
            assertThat(rows(legacy)).containsAll(rows(next));
            assertThat(status.refused()).isZero();
            awaitClean(migration);
            assertThat(rows(next)).isEqualTo(rows(legacy));
        }
    }

    @Test
    void a_column_added_to_the_new_table_that_wants_a_value_refuses_rows_whole() throws Exception {
        try (Migration migration = migrating(orders().column("steps"), 60)) {
            newPool.before(
                    "INTO orders",
                    () -> execute(databases.next(), "ALTER TABLE orders ADD COLUMN extra BIGINT NOT NULL"));

            Backfill backfill = migration.backfill(Orders.class);
            // Or another thread's page would be there, and PostgreSQL add no such column.
            backfill.limits(backfill.limits().withMaxPage(10).withThreads(1));
            BackfillStatus status = backfill.start(ALICE).awaitEnd(PATIENCE);

            assertThat(status.state()).as(status.toString()).isEqualTo(RunState.COMPLETED);
            assertThat(status.refused()).isEqualTo(60 - status.inserted()).isPositive();
            assertThat(rows(next)).hasSize((int) status.inserted());
            assertThat(rows(legacy)).containsAll(rows(next));
            assertThat(migration.status().ledger().dirty()).isEqualTo((int) status.refused());
        }
    }

    private static void execute(TestDatabase database, String sql) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void names_that_are_no_identifiers_and_keys_of_other_types_are_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> orders().column("steps; DROP TABLE orders"))
                .withMessageContaining("is no plain name");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> orders().key("at", Duration.class))
                .withMessageContaining("use Long, Integer, Short, String or UUID");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TableCopy.from(legacy, "SELECT 1").of("Order"))
                .withMessageContaining("names no table");
    }

    @Test
    void numeric_keys_are_paged_in_the_same_order_on_both_sides() throws Throwable {
        assertSameOrder(
                columns -> "id BIGINT NOT NULL PRIMARY KEY",
                copy -> copy.key("id", Long.class),
                random -> List.of(random.nextLong()));
    }

    @Test
    void text_keys_are_paged_byte_by_byte_whatever_the_collations_are() throws Throwable {
        assertSameOrder(
                server -> "id " + caselessText(server) + " NOT NULL PRIMARY KEY",
                copy -> copy.key("id", String.class),
                random -> List.of(text(random)));
    }

    @Test
    void text_keys_of_another_character_set_are_paged_by_their_bytes_in_utf_8() throws Throwable {
        assertSameOrder(
                server -> "id "
                        + (server == TestServer.MARIADB ? "VARCHAR(40) CHARACTER SET latin1" : caselessText(server))
                        + " NOT NULL PRIMARY KEY",
                copy -> copy.key("id", String.class),
                TableCopyContract::foreignText);
    }

    /** Where the Euro stands before the letters, which it does not in UTF-8. */
    @Test
    void text_keys_of_another_character_set_and_a_collation_by_its_bytes_are_paged_by_those_in_utf_8()
            throws Throwable {
        assertSameOrder(
                server -> "id "
                        + (server == TestServer.MARIADB
                                ? "VARCHAR(40) CHARACTER SET latin1 COLLATE latin1_bin"
                                : caselessText(server))
                        + " NOT NULL PRIMARY KEY",
                copy -> copy.key("id", String.class),
                TableCopyContract::foreignText);
    }

    /** However many rows a page may have: a page of wide ones must not fill the memory. */
    @Test
    void pages_of_wide_rows_are_short() throws Throwable {
        int wide = 1 << 20;
        for (TestDatabase database : databases.both()) {
            String type = switch (database.server()) {
                case POSTGRES -> "BYTEA";
                case MARIADB -> "LONGBLOB";
                case H2, H2_SHARED -> "VARBINARY(1048576)";
            };
            Jdbi.create(database.dataSource()).useHandle((Handle handle) -> {
                handle.execute("CREATE TABLE thing (id BIGINT NOT NULL PRIMARY KEY, picture " + type + ")");
            });
        }
        legacy.jdbi().useHandle(handle -> {
            for (int id = 1; id <= 1_500; id++) {
                handle.execute("INSERT INTO thing VALUES (?, ?)", id, new byte[id > 1_460 ? wide : 1]);
            }
        });
        BackfillSource source = TableCopy.from(legacy, "SELECT id, picture FROM thing")
                .to(next, "thing")
                .key("id", Long.class)
                .column("picture")
                .of("Thing");
        List<Integer> pages = new ArrayList<>();
        List<Row> page = source.read(Side.LEGACY, KeyRange.ALL, 10_000);
        while (!page.isEmpty()) {
            List<Row> rows = page;
            next.inTransaction(() -> source.insertMissing(rows));
            pages.add(rows.size());
            KeyRange rest = new KeyRange(rows.get(rows.size() - 1).key(), null);
            page = source.read(Side.LEGACY, rest, 10_000);
        }
        assertThat(pages.stream().mapToInt(Integer::intValue).sum()).isEqualTo(1_500);
        assertThat(pages).as("of narrow rows").anyMatch(rows -> rows > 500);
        KeyRange wideOnes = new KeyRange(new EntityKey("Thing", 1_460L), null);
        assertThat(source.read(Side.LEGACY, wideOnes, 10_000).size()).isBetween(1, 16);
        assertThat(source.read(Side.NEW, wideOnes, 10_000).size()).isBetween(1, 16);
    }

    /** Else no index would help with any page, for as long as the backfill runs. */
    @Test
    void the_order_of_an_empty_table_is_that_of_its_index() throws Exception {
        for (TestDatabase database : databases.both()) {
            String collation = switch (database.server()) {
                case POSTGRES -> " COLLATE \"C\"";
                case MARIADB -> " COLLATE utf8mb4_bin";
                case H2, H2_SHARED -> "";
            };
            try (Connection connection = database.connect();
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE thing (id VARCHAR(40)" + collation + " NOT NULL PRIMARY KEY)");
                KeyedRows rows = KeyedRows.of(connection, "thing", List.of("id"), List.of(String.class), "id");
                try (PreparedStatement select = rows.select(connection, List.of("a"), List.of("b"), 10)) {
                    assertThat(select.toString()).doesNotContain("COLLATE").doesNotContain("CAST");
                }
            }
        }
    }

    @Test
    void uuid_keys_are_paged_in_the_same_order_on_both_sides() throws Throwable {
        assertSameOrder(
                server -> "id " + (server == TestServer.MARIADB ? "BINARY(16)" : "UUID") + " NOT NULL PRIMARY KEY",
                copy -> copy.key("id", UUID.class),
                random -> List.of(uuid(random)));
    }

    @Test
    void uuid_keys_as_text_are_paged_in_the_same_order_on_both_sides() throws Throwable {
        assertSameOrder(
                server -> "id " + (server == TestServer.MARIADB ? "UUID" : "CHAR(36)") + " NOT NULL PRIMARY KEY",
                copy -> copy.key("id", UUID.class),
                random -> List.of(uuid(random)));
    }

    @Test
    void composite_keys_are_paged_in_the_same_order_on_both_sides() throws Throwable {
        assertSameOrder(
                server -> "tenant " + caselessText(server) + " NOT NULL, line SMALLINT NOT NULL, id INTEGER NOT NULL, "
                        + "PRIMARY KEY (tenant, line, id)",
                copy -> copy.key("tenant", String.class)
                        .key("line", Short.class)
                        .key("id", Integer.class),
                random -> List.of(
                        String.valueOf("_aBc".charAt(random.nextInt(4))),
                        (short) random.nextInt(3),
                        random.nextInt(50)));
    }

    /** A collation that mixes cases where the server has one. */
    private static String caselessText(TestServer server) {
        return switch (server) {
            case MARIADB -> "VARCHAR(40) COLLATE utf8mb4_general_ci";
            case POSTGRES -> "VARCHAR(40) COLLATE \"und-x-icu\"";
            case H2, H2_SHARED -> "VARCHAR(40)";
        };
    }

    private static UUID uuid(Random random) {
        return UUID.nameUUIDFromBytes(Long.toString(random.nextLong()).getBytes(StandardCharsets.UTF_8));
    }

    /** Of letters that a collation may take for one another once at most. */
    private static List<Object> foreignText(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = 2 + random.nextInt(5); i > 0; i--) {
            text.append("az\u00DF\u00E6\u20AC\u00BF".charAt(random.nextInt(6)));
        }
        return List.of(text.toString());
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            text.append("_-aAbBzZ019".charAt(random.nextInt(11)));
        }
        return text.toString();
    }

    /** Both tables hold the same keys: each page of the one is the same range of the other, row for row. */
    private void assertSameOrder(
            Function<TestServer, String> ddl, UnaryOperator<TableCopy> keyed, Function<Random, List<Object>> keys)
            throws Throwable {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (TestDatabase database : databases.both()) {
            Jdbi.create(database.dataSource())
                    .useHandle((Handle handle) ->
                            handle.execute("CREATE TABLE thing (" + ddl.apply(database.server()) + ")"));
        }
        Set<String> caseless = new HashSet<>();
        List<Row> rows = new ArrayList<>();
        while (rows.size() < KEYS) {
            List<Object> key = keys.apply(random);
            if (caseless.add(key.toString().toLowerCase(Locale.ROOT))) {
                Object whole = key.size() == 1 ? key.get(0) : key;
                rows.add(new Row(new EntityKey("Thing", whole), new Object[0], null));
            }
        }
        BackfillSource there = keyed.apply(
                        copyFrom(legacy, "SELECT * FROM thing").to(next, "thing"))
                .of("Thing");
        BackfillSource back = keyed.apply(copyFrom(next, "SELECT * FROM thing").to(legacy, "thing"))
                .of("Thing");
        next.inTransaction(() -> there.insertMissing(rows));
        legacy.inTransaction(() -> back.insertMissing(rows));
        next.inTransaction(() -> there.insertMissing(rows));

        @Nullable EntityKey after = null;
        int seen = 0;
        while (seen < KEYS) {
            List<EntityKey> page = keysOf(there.read(Side.LEGACY, new KeyRange(after, null), 7));
            EntityKey last = page.get(page.size() - 1);
            assertThat(keysOf(there.read(Side.NEW, new KeyRange(after, last), 100)))
                    .isEqualTo(page);
            seen += page.size();
            after = last;
        }
        assertThat(seen).isEqualTo(KEYS);
        assertThat(there.read(Side.LEGACY, new KeyRange(after, null), 7)).isEmpty();
        assertThat(there.read(Side.NEW, new KeyRange(after, null), 7)).isEmpty();
        assertThat(there.read(Side.NEW, new KeyRange(after, after), 7)).isEmpty();
    }

    private static List<EntityKey> keysOf(List<Row> rows) {
        return rows.stream().map(Row::key).toList();
    }
}
