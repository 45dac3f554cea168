package dev.crossfade.jdbc.reconcile;

import static dev.crossfade.jdbc.orders.OrdersMigration.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.crossfade.CopyRun;
import dev.crossfade.Discrepancies.Outcome;
import dev.crossfade.Migration;
import dev.crossfade.MigrationException;
import dev.crossfade.RepairOptions;
import dev.crossfade.Side;
import dev.crossfade.compare.DifferenceClass;
import dev.crossfade.compare.FieldDifference;
import dev.crossfade.control.ManualControl;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.Database;
import dev.crossfade.jdbc.TableCopy;
import dev.crossfade.jdbc.orders.JdbiOrders;
import dev.crossfade.jdbc.orders.Order;
import dev.crossfade.jdbc.orders.Orders;
import dev.crossfade.jdbc.orders.OrdersMigration;
import dev.crossfade.jdbc.testing.Pair;
import dev.crossfade.jdbc.testing.TestDatabase;
import dev.crossfade.jdbc.testing.TestDatabases;
import dev.crossfade.jdbc.testing.TestServer;
import dev.crossfade.reconcile.Counts;
import dev.crossfade.reconcile.Reconciliation;
import dev.crossfade.reconcile.ReconciliationReport;
import dev.crossfade.reconcile.ReconciliationStatus;
import dev.crossfade.reconcile.Scope;
import dev.crossfade.reconcile.Verdict;
import dev.crossfade.run.RunState;
import dev.crossfade.spi.BackfillSource;
import dev.crossfade.spi.Discrepancy.Kind;
import dev.crossfade.testing.Moves;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A reconciliation finds all that differs and only that, while the service writes. */
abstract class ReconciliationContract {
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final int ROWS = 1_500;

    /** Orders up to here nobody writes but who spoils them. */
    private static final int QUIET = 1_300;

    TestDatabases databases;
    Database legacy;
    Database next;

    abstract Pair pair();

    @BeforeEach
    void open() {
        databases = pair().open();
        legacy = Database.of("legacy", databases.legacy().dataSource());
        next = Database.of("next", databases.next().dataSource());
        OrdersMigration.createTables(databases);
    }

    @AfterEach
    void close() {
        databases.close();
    }

    /** How the rows are read. */
    enum Reading {
        BY_REPOSITORY,
        BY_TABLE,
        BY_DIGEST
    }

    private TableCopy copy() {
        return TableCopy.from(legacy, "SELECT * FROM orders")
                .to(next, "orders")
                .key("id", Long.class)
                .column("number")
                .column("status")
                .column("steps");
    }

    private static JdbiOrders orders(Database database, TestDatabase of) {
        String product = switch (of.server()) {
            case POSTGRES -> "PostgreSQL";
            case MARIADB -> "MariaDB";
            case H2, H2_SHARED -> "H2";
        };
        return new JdbiOrders(database.jdbi(), product);
    }

    private Migration migration(Reading reading) {
        return switch (reading) {
            case BY_REPOSITORY -> read(null);
            case BY_TABLE -> read(copy());
            case BY_DIGEST ->
                read(entity -> new DigestingSource(copy().withoutBulk().of(entity)));
        };
    }

    /** A service in {@code LEGACY_PRIMARY}; without a source it reads by its repository. */
    private Migration read(BackfillSource.@Nullable Factory source) {
        Migration migration = Migration.of("orders")
                .between(legacy, next)
                .repository(Orders.class, r -> {
                    var entity = r.from(orders(legacy, databases.legacy()))
                            .to(orders(next, databases.next()))
                            .key(Order.class, Order::id)
                            .overwrite(Orders::put)
                            .findAll(Orders::findAllById)
                            .overwriteAll(Orders::putAll)
                            .deleteAll(Orders::deleteAllById);
                    if (source == null) {
                        entity.backfill(Orders::findPage);
                    } else {
                        entity.backfill(source);
                    }
                })
                .control(ManualControl.create())
                .meters(new CompositeMeterRegistry())
                .closeTimeout(Duration.ofMillis(100))
                .build()
                .start();
        moved(migration, Stage.LEGACY_PRIMARY);
        return migration;
    }

    private static void moved(Migration migration, Stage to) {
        Moves.move(migration, to, ALICE);
    }

    /** The same orders in both stores. */
    private void fill(int rows) {
        for (Database database : List.of(legacy, next)) {
            database.jdbi().useTransaction(handle -> {
                try (PreparedBatch batch = handle.prepareBatch(
                        "INSERT INTO orders (id, number, status, steps) VALUES (:id, :number, 'open', :id)")) {
                    for (long id = 1; id <= rows; id++) {
                        batch.bind("id", id).bind("number", "n" + id).add();
                    }
                    batch.execute();
                }
            });
        }
    }

    private static Reconciliation reconciliation(Migration migration, int page) {
        Reconciliation reconciliation = migration.reconciliation(Orders.class);
        reconciliation.limits(
                reconciliation.limits().withMaxPage(page).withThreads(2).withMaxSlowdown(Double.POSITIVE_INFINITY));
        return reconciliation;
    }

    private static ReconciliationReport run(Migration migration, Scope scope) throws InterruptedException {
        Reconciliation reconciliation = reconciliation(migration, 600).start(scope, ALICE);
        ReconciliationStatus status = reconciliation.awaitEnd(PATIENCE);
        assertThat(status.state()).as(status.toString()).isEqualTo(RunState.COMPLETED);
        return reconciliation.report().orElseThrow();
    }

    private static void awaitClean(Migration migration) {
        await().atMost(PATIENCE).until(() -> migration.status().ledger().dirty() == 0);
    }

    private List<Map<String, Object>> rows(Database database) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery("SELECT id, number, status, steps FROM orders ORDER BY id")
                        .mapToMap()
                        .list());
    }

    @Test
    void exactly_what_was_spoiled_is_found_by_tables_while_the_service_writes_and_repaired() throws Exception {
        findsAllAndOnly(Reading.BY_TABLE, Stage.LEGACY_PRIMARY);
    }

    @Test
    void exactly_what_was_spoiled_is_found_by_the_repository_on_the_way_back() throws Exception {
        findsAllAndOnly(Reading.BY_REPOSITORY, Stage.NEW_PRIMARY);
    }

    @Test
    void exactly_what_was_spoiled_is_found_by_digests_on_the_way_back() throws Exception {
        findsAllAndOnly(Reading.BY_DIGEST, Stage.NEW_PRIMARY);
    }

    private void findsAllAndOnly(Reading reading, Stage stage) throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        fill(ROWS);
        try (Migration migration = migration(reading)) {
            if (stage == Stage.NEW_PRIMARY) {
                CopyRun copy = migration.copy(Orders.class);
                assertThat(copy.complete(ALICE, PATIENCE)).isEmpty();
                assertThat(migration.check(stage, ALICE)).anyMatch(reason -> reason.contains("never compared in full"));
                assertThat(run(migration, Scope.full()).verdict()).isEqualTo(Verdict.CLEAN);
                moved(migration, stage);
            }
            Corruption corruption = new Corruption(
                    stage.primary(),
                    (stage.primary() == Side.LEGACY ? next : legacy).jdbi(),
                    random,
                    LongStream.rangeClosed(1, QUIET).boxed().toList());
            List<Long> zombies = corruption.deleted(migration.repository(Orders.class));
            awaitClean(migration);
            corruption.spoil(zombies);

            ReconciliationReport report;
            try (Writers writers = Writers.of(migration.repository(Orders.class), QUIET + 1, ROWS, seed)) {
                report = run(migration, Scope.full());
                writers.haveWritten(20);
            }

            assertThat(Corruption.found(report.findings())).isEqualTo(corruption.expected());
            assertThat(report.counts().findings())
                    .isEqualTo(corruption.expected().size());
            assertThat(report.counts().unknown()).isZero();
            assertThat(report.verdict()).isEqualTo(Verdict.DIFFERENT);

            Outcome outcome = migration
                    .discrepancies()
                    .repair(report.findings(), RepairOptions.DEFAULT.withMaxDeletes(100), ALICE);
            assertThat(outcome).isEqualTo(new Outcome(0, corruption.expected().size(), 0, 0, null));
            awaitClean(migration);
            ReconciliationReport again = run(migration, Scope.full());
            assertThat(again.verdict()).as(again.text()).isEqualTo(Verdict.CLEAN);
            assertThat(rows(next)).isEqualTo(rows(legacy));
        }
    }

    @Test
    void digests_spare_reading_rows_and_find_the_same() throws Exception {
        fill(ROWS);
        DigestingSource digesting = new DigestingSource(copy().withoutBulk().of("Order"));
        Map<Long, String> byDigest;
        try (Migration migration = read(entity -> digesting)) {
            assertThat(run(migration, Scope.full()).counts()).isEqualTo(new Counts(ROWS, 0, 0, 0, 0, 0, 0));
            // One of each page, to see how fast the store answers; on a slow machine pages are small.
            assertThat(digesting.rowsRead.get()).isLessThan(ROWS / 10);
            next.jdbi().useHandle(handle -> {
                handle.execute("UPDATE orders SET status = 'lost' WHERE id IN (3, 700)");
                handle.execute("DELETE FROM orders WHERE id = 1500");
                handle.execute("INSERT INTO orders (id, number, status, steps) VALUES (9999, 'e', 'extra', 1)");
            });
            byDigest = Corruption.found(run(migration, Scope.full()).findings());
        }
        try (Migration migration = again()) {
            assertThat(Corruption.found(run(migration, Scope.full()).findings()))
                    .isEqualTo(byDigest)
                    .hasSize(4);
        }
    }

    /** Another instance, which finds the stage. */
    private Migration again() {
        return Migration.of("orders")
                .between(legacy, next)
                .repository(
                        Orders.class,
                        r -> r.from(orders(legacy, databases.legacy()))
                                .to(orders(next, databases.next()))
                                .key(Order.class, Order::id)
                                .overwrite(Orders::put)
                                .backfill(copy()))
                .control(ManualControl.create())
                .meters(new CompositeMeterRegistry())
                .build()
                .start();
    }

    @Test
    void a_writer_past_the_library_is_found_in_one_pass() throws Exception {
        fill(50);
        try (Migration migration = migration(Reading.BY_REPOSITORY)) {
            legacy.jdbi().useHandle(handle -> {
                handle.execute("INSERT INTO orders (id, number, status, steps) VALUES (60, 'n60', 'foreign', 1)");
                handle.execute("UPDATE orders SET steps = 77 WHERE id = 5");
                handle.execute("DELETE FROM orders WHERE id = 6");
            });
            assertThat(Corruption.found(run(migration, Scope.full()).findings()))
                    .isEqualTo(Map.of(
                            5L,
                            Kind.DIFFERENT + " steps",
                            6L,
                            Kind.MISSING_IN_LEGACY + " ",
                            60L,
                            Kind.MISSING_IN_NEW + " "));
        }
    }

    @Test
    void a_column_that_the_repository_does_not_show_is_a_finding_until_it_is_equal() throws Exception {
        fill(50);
        withNotes();
        try (Migration migration = read(copy().column("note").column("placed_at"))) {
            next.jdbi().useHandle(handle -> handle.execute("UPDATE orders SET note = 'other' WHERE id = 5"));
            ReconciliationReport report = run(migration, Scope.full());
            assertThat(report.findings()).singleElement().satisfies(finding -> {
                assertThat(finding.key().key()).isEqualTo(5L);
                assertThat(finding.finding().fields())
                        .containsExactly(new FieldDifference("note", DifferenceClass.NULL_VS_VALUE, null, null));
            });
            // The repository sees no difference; what the tables hold decides.
            assertThat(migration.discrepancies().recheck(report.findings(), ALICE))
                    .isEqualTo(new Outcome(0, 0, 1, 0, null));
            next.jdbi().useHandle(handle -> handle.execute("UPDATE orders SET note = NULL WHERE id = 5"));
            assertThat(migration.discrepancies().recheck(report.findings(), ALICE))
                    .isEqualTo(new Outcome(1, 0, 0, 0, null));
        }
    }

    private void withNotes() {
        for (TestDatabase database : databases.both()) {
            String time = database.server() == TestServer.MARIADB ? "DATETIME(6)" : "TIMESTAMP(6)";
            Database.of(database.name(), database.dataSource()).jdbi().useHandle(handle -> {
                handle.execute("ALTER TABLE orders ADD COLUMN note VARCHAR(40)");
                handle.execute("ALTER TABLE orders ADD COLUMN placed_at " + time);
                handle.execute("UPDATE orders SET placed_at = ?", LocalDateTime.parse("2026-03-01T10:00:00"));
                handle.execute(
                        "UPDATE orders SET placed_at = ? WHERE id > 10", LocalDateTime.parse("2026-03-02T10:00:00"));
            });
        }
    }

    @Test
    void a_window_of_time_sees_its_rows_on_either_side_and_can_be_resynced() throws Exception {
        fill(50);
        withNotes();
        LocalDateTime from = LocalDateTime.parse("2026-03-01T00:00:00");
        try (Migration migration = read(copy().column("placed_at"))) {
            next.jdbi().useHandle(handle -> {
                handle.execute("UPDATE orders SET status = 'lost' WHERE id IN (5, 20)");
                handle.execute("UPDATE orders SET placed_at = ? WHERE id = 6", from.plusDays(9));
                handle.execute("UPDATE orders SET placed_at = ? WHERE id = 30", from);
            });
            Scope day = Scope.window("placed_at", from, from.plusDays(1));
            ReconciliationReport report = run(migration, day);
            assertThat(report.scope()).isEqualTo(day);
            assertThat(report.counts()).isEqualTo(new Counts(10, 0, 0, 3, 0, 0, 0));
            assertThat(Corruption.found(report.findings()))
                    .isEqualTo(Map.of(
                            5L, Kind.DIFFERENT + " status",
                            6L, Kind.DIFFERENT + " placed_at",
                            30L, Kind.DIFFERENT + " placed_at"));

            assertThat(reconciliation(migration, 600).resync(day, ALICE)).isEqualTo(10);
            awaitClean(migration);
            assertThat(orders(next, databases.next()).findById(5).orElseThrow().status())
                    .isEqualTo("open");
            assertThat(orders(next, databases.next()).findById(20).orElseThrow().status())
                    .isEqualTo("lost");
            assertThatThrownBy(() -> run(migration, Scope.window("created", from, from.plusDays(1))))
                    .isInstanceOf(MigrationException.class)
                    .hasMessageContaining("takes no column 'created' over as it is");
            Instant start = from.toInstant(ZoneOffset.UTC);
            assertThatThrownBy(() -> run(migration, Scope.window("placed_at", start, start.plusSeconds(1))))
                    .isInstanceOf(MigrationException.class)
                    .hasMessageContaining("a window goes by two Instants where both know a time zone")
                    .hasMessageContaining("Nothing was changed");
            assertThat(reconciliation(migration, 600).status().scope()).isEqualTo(day);
        }
    }

    @Test
    void ranges_and_samples_are_kept_in_the_audit_table_and_the_last_hour_is_one_query() throws Exception {
        fill(200);
        try (Migration migration = migration(Reading.BY_TABLE)) {
            next.jdbi().useHandle(handle -> handle.execute("DELETE FROM orders WHERE id IN (10, 20, 30)"));
            assertThat(run(migration, Scope.keys(10L, 20L)).counts()).isEqualTo(new Counts(10, 1, 0, 0, 0, 0, 0));
            assertThat(run(migration, Scope.sample(1_000)).counts()).isEqualTo(new Counts(200, 3, 0, 0, 0, 0, 0));
            assertThat(run(migration, Scope.full()).scope()).isEqualTo(Scope.full());
            String now = databases.next().server() == TestServer.MARIADB ? "UTC_TIMESTAMP" : "CURRENT_TIMESTAMP";
            List<String> hour = next.jdbi()
                    .withHandle(handle -> handle.createQuery("""
                            SELECT entity, scope, verdict, compared, missing_in_new + missing_in_legacy + different, ended_at
                              FROM crossfade_consistency_audit
                             WHERE migration = 'orders' AND ended_at > CURRENT_TIMESTAMP - INTERVAL '1' HOUR
                             ORDER BY ended_at
                            """.replace("CURRENT_TIMESTAMP", now))
                            .map((row, context) -> row.getString(1) + " " + row.getString(2) + " " + row.getString(3)
                                    + " " + row.getLong(4) + " " + row.getLong(5))
                            .list());
            assertThat(hour)
                    .containsExactly(
                            "Order keys DIFFERENT 10 1",
                            "Order sample 1000 DIFFERENT 200 3",
                            "Order full DIFFERENT 200 3");
            assertThat(migration.audit(20))
                    .anyMatch(entry -> entry.what().equals("reconciliation start")
                            && entry.outcome().contains("sample 1000"));
        }
    }
}
