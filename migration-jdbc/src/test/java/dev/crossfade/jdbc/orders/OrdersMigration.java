package dev.crossfade.jdbc.orders;

import dev.crossfade.Migration;
import dev.crossfade.MigrationBuilder;
import dev.crossfade.Operator;
import dev.crossfade.control.ManualControl;
import dev.crossfade.jdbc.Database;
import dev.crossfade.jdbc.JdbcCoordination;
import dev.crossfade.jdbc.TableCopy;
import dev.crossfade.jdbc.testing.TestDatabase;
import dev.crossfade.jdbc.testing.TestDatabases;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;

/** One instance of a service whose orders migrate. */
public final class OrdersMigration implements AutoCloseable {
    public static final String NAME = "orders";
    public static final Operator ALICE = Operator.of("alice", "CHG-1").confirmingOnlyWriter();

    public final Database legacy;
    public final Database next;
    public final JdbiOrders legacyOrders;
    public final JdbiOrders newOrders;
    public final ManualControl control = ManualControl.create();
    public final Migration migration;
    public final Orders orders;

    public OrdersMigration(TestDatabases databases) {
        this(databases, UnaryOperator.identity());
    }

    public OrdersMigration(TestDatabases databases, UnaryOperator<MigrationBuilder> change) {
        this(
                databases.legacy(),
                databases.legacy().dataSource(),
                databases.next(),
                databases.next().dataSource(),
                change);
    }

    /** An instance with pools of its own, such as ones that lead through a proxy. */
    public OrdersMigration(
            TestDatabase onLegacy,
            DataSource legacyPool,
            TestDatabase onNext,
            DataSource newPool,
            UnaryOperator<MigrationBuilder> change) {
        this(onLegacy, legacyPool, onNext, newPool, change, UnaryOperator.identity(), false);
    }

    /** As the one above; its backfill goes from table to table. */
    public static OrdersMigration withTableCopy(
            TestDatabase onLegacy,
            DataSource legacyPool,
            TestDatabase onNext,
            DataSource newPool,
            UnaryOperator<MigrationBuilder> change) {
        return new OrdersMigration(onLegacy, legacyPool, onNext, newPool, change, UnaryOperator.identity(), true);
    }

    private OrdersMigration(
            TestDatabase onLegacy,
            DataSource legacyPool,
            TestDatabase onNext,
            DataSource newPool,
            UnaryOperator<MigrationBuilder> change,
            UnaryOperator<JdbcCoordination> coordination,
            boolean byTable) {
        this.legacy = Database.of("legacy", legacyPool);
        this.next = Database.of("next", newPool);
        this.legacyOrders = new JdbiOrders(legacy.jdbi(), product(onLegacy));
        this.newOrders = new JdbiOrders(next.jdbi(), product(onNext));
        this.migration = change.apply(Migration.of(NAME)
                        .between(legacy, next)
                        .coordinatedBy(coordination.apply(
                                JdbcCoordination.between(legacy, next).generatedIds("orders", "id")))
                        .repository(Orders.class, r -> {
                            var entity = r.from(legacyOrders)
                                    .to(newOrders)
                                    .key(Order.class, Order::id)
                                    .overwrite(Orders::put)
                                    .findAll(Orders::findAllById)
                                    .overwriteAll(Orders::putAll)
                                    .deleteAll(Orders::deleteAllById);
                            if (byTable) {
                                entity.backfill(tableCopy());
                            } else {
                                entity.backfill(Orders::findPage);
                            }
                        })
                        .control(control)
                        // Most tests move the primary for reasons of their own, over stores that they have filled
                        // themselves.
                        .requireNoReconciliation()
                        .meters(new CompositeMeterRegistry()))
                .build();
        this.orders = migration.repository(Orders.class);
    }

    private TableCopy tableCopy() {
        return TableCopy.from(legacy, "SELECT id, number, status, steps FROM orders")
                .to(next, "orders")
                .key("id", Long.class)
                .column("number")
                .column("status")
                .column("steps");
    }

    /** An instance whose fence and ledger have other settings, and which has its own pool of legacy. */
    public static OrdersMigration coordinated(
            TestDatabases databases, DataSource legacyPool, UnaryOperator<JdbcCoordination> settings) {
        return coordinated(databases, legacyPool, databases.next().dataSource(), settings);
    }

    /** As the other, with its own pools of both. */
    public static OrdersMigration coordinated(
            TestDatabases databases,
            DataSource legacyPool,
            DataSource newPool,
            UnaryOperator<JdbcCoordination> settings) {
        return new OrdersMigration(
                databases.legacy(), legacyPool, databases.next(), newPool, UnaryOperator.identity(), settings, false);
    }

    /** Makes the table of orders in both databases. */
    public static void createTables(TestDatabases databases) {
        databases
                .both()
                .forEach(database -> JdbiOrders.createTable(org.jdbi.v3.core.Jdbi.create(database.dataSource())));
    }

    private static String product(TestDatabase database) {
        return switch (database.server()) {
            case POSTGRES -> "PostgreSQL";
            case MARIADB -> "MariaDB";
            case H2, H2_SHARED -> "H2";
        };
    }

    public OrdersMigration start() {
        migration.start();
        return this;
    }

    @Override
    public void close() {
        migration.close();
    }
}
