package dev.crossfade.jdbc.reconcile;

import static dev.crossfade.jdbc.orders.OrdersMigration.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.crossfade.Migration;
import dev.crossfade.Side;
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
import dev.crossfade.reconcile.Reconciliation;
import dev.crossfade.reconcile.ReconciliationReport;
import dev.crossfade.reconcile.ReconciliationStatus;
import dev.crossfade.reconcile.Scope;
import dev.crossfade.run.RunState;
import dev.crossfade.spi.BackfillSource;
import dev.crossfade.spi.KeyRange;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A reconciliation finds every value that was changed, in a column of whatever type, and nothing else. */
abstract class ColumnTypesContract {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int ROWS = 500;

    /** Orders up to here have values in all columns, and nobody writes them but who spoils them. */
    private static final int QUIET = 400;

    private TestDatabases databases;
    private Database legacy;
    private Database next;

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

    @Test
    void a_value_changed_in_a_column_of_any_type_is_found_and_nothing_else_while_the_service_writes() throws Exception {
        findsAllAndOnly(TypedColumn.ALL, 100);
    }

    @Test
    void the_same_is_found_where_both_databases_digest_the_rows() throws Throwable {
        List<TypedColumn> digested =
                TypedColumn.ALL.stream().filter(TypedColumn::digested).toList();
        // In pages of which many have one difference only: a digest must not miss it.
        findsAllAndOnly(digested, 5);
        assertThat(copy(digested).of("Order").digest(Side.NEW, KeyRange.ALL, 10))
                .isPresent();
    }

    private TableCopy copy(List<TypedColumn> columns) {
        TableCopy copy = TableCopy.from(legacy, "SELECT * FROM orders")
                .to(next, "orders")
                .key("id", Long.class)
                .column("number")
                .column("status")
                .column("steps");
        for (TypedColumn column : columns) {
            copy = copy.column(column.name());
        }
        return copy;
    }

    /** The same orders in both stores; those that the service writes have nothing in the columns that it does not know. */
    private void fill(Database database, TestServer server, List<TypedColumn> columns) {
        String names = columns.stream().map(TypedColumn::name).collect(Collectors.joining(", "));
        String values =
                columns.stream().map(column -> column.placeholder(server)).collect(Collectors.joining(", "));
        database.jdbi().useTransaction(handle -> {
            for (TypedColumn column : columns) {
                handle.execute("ALTER TABLE orders ADD COLUMN " + column.name() + " " + column.type(server));
            }
            try (PreparedBatch quiet = handle.prepareBatch("INSERT INTO orders (id, number, status, steps, " + names
                            + ") VALUES (?, ?, 'open', ?, " + values + ")");
                    PreparedBatch busy = handle.prepareBatch(
                            "INSERT INTO orders (id, number, status, steps) VALUES (?, ?, 'open', ?)")) {
                for (long id = 1; id <= ROWS; id++) {
                    PreparedBatch batch = id <= QUIET ? quiet : busy;
                    batch.bind(0, id).bind(1, "n" + id).bind(2, id);
                    for (int i = 0; id <= QUIET && i < columns.size(); i++) {
                        batch.bind(3 + i, columns.get(i).value());
                    }
                    batch.add();
                }
                quiet.execute();
                busy.execute();
            }
        });
    }

    private static JdbiOrders orders(Database database, TestDatabase of) {
        return new JdbiOrders(database.jdbi(), of.server() == TestServer.MARIADB ? "MariaDB" : "PostgreSQL");
    }

    private Migration started(BackfillSource.Factory source) {
        Migration migration = Migration.of("orders")
                .between(legacy, next)
                .repository(
                        Orders.class,
                        r -> r.from(orders(legacy, databases.legacy()))
                                .to(orders(next, databases.next()))
                                .key(Order.class, Order::id)
                                .overwrite(Orders::put)
                                .findAll(Orders::findAllById)
                                .overwriteAll(Orders::putAll)
                                .deleteAll(Orders::deleteAllById)
                                .backfill(source))
                .control(ManualControl.create())
                .meters(new CompositeMeterRegistry())
                .closeTimeout(Duration.ofMillis(100))
                .build()
                .start();
        await().atMost(PATIENCE)
                .until(() -> migration.moveTo(Stage.LEGACY_PRIMARY, ALICE).moved());
        return migration;
    }

    private void findsAllAndOnly(List<TypedColumn> columns, int page) throws Exception {
        long seed = Long.getLong("crossfade.reconcile.seed", System.nanoTime());
        System.out.println("crossfade.reconcile.seed=" + seed);
        fill(legacy, databases.legacy().server(), columns);
        fill(next, databases.next().server(), columns);
        try (Migration migration = started(copy(columns))) {
            Corruption corruption = new Corruption(
                    Side.LEGACY,
                    next.jdbi(),
                    new Random(seed),
                    LongStream.rangeClosed(1, QUIET).boxed().toList());
            List<Long> zombies = corruption.deleted(migration.repository(Orders.class));
            await().atMost(PATIENCE).until(() -> migration.status().ledger().dirty() == 0);
            corruption.spoil(zombies);
            columns.forEach(column -> corruption.change(column, databases.next().server()));

            ReconciliationReport report;
            try (Writers writers = Writers.of(migration.repository(Orders.class), QUIET + 1, ROWS, seed)) {
                Reconciliation reconciliation = migration.reconciliation(Orders.class);
                reconciliation.limits(reconciliation
                        .limits()
                        .withMaxPage(page)
                        .withThreads(2)
                        .withMaxSlowdown(Double.POSITIVE_INFINITY));
                ReconciliationStatus status =
                        reconciliation.start(Scope.full(), ALICE).awaitEnd(PATIENCE);
                assertThat(status.state()).as(status.toString()).isEqualTo(RunState.COMPLETED);
                report = reconciliation.report().orElseThrow();
                writers.haveWritten(20);
            }

            assertThat(Corruption.found(report.findings())).isEqualTo(corruption.expected());
            assertThat(report.counts().findings())
                    .isEqualTo(corruption.expected().size());
            assertThat(report.counts().unknown()).isZero();
        }
    }
}
