package dev.crossfade.jdbc;

import static dev.crossfade.jdbc.orders.OrdersMigration.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.crossfade.CopyRun;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.orders.Order;
import dev.crossfade.jdbc.orders.Orders;
import dev.crossfade.jdbc.orders.OrdersMigration;
import dev.crossfade.jdbc.testing.Pair;
import dev.crossfade.jdbc.testing.TestDatabases;
import dev.crossfade.testing.Moves;
import dev.crossfade.testing.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The way through all stages, and back. */
abstract class WalkContract {
    private TestDatabases databases;

    abstract Pair pair();

    @BeforeEach
    void open() {
        databases = pair().open();
        OrdersMigration.createTables(databases);
    }

    @AfterEach
    void close() {
        databases.close();
    }

    private static void move(OrdersMigration service, Stage to) {
        Moves.move(service.migration, to, ALICE.approvingPointOfNoReturn());
    }

    private static void copyAll(OrdersMigration service, List<Long> ids) throws InterruptedException {
        CopyRun copy = service.migration.copy(Orders.class);
        copy.mark(ids);
        assertThat(copy.complete(ALICE, Patience.LIMIT)).isEmpty();
    }

    private static void awaitClean(OrdersMigration service) {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> service.migration.status().ledger().dirty() == 0);
    }

    @Test
    void orders_walk_to_the_new_store_and_back_and_there_for_good() throws Exception {
        try (OrdersMigration service = new OrdersMigration(databases).start()) {
            List<Long> ids = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                ids.add(service.orders
                        .insert(new Order(0, "old-" + i, "open", 1))
                        .id());
            }
            assertThat(service.newOrders.findAllById(ids)).isEmpty();

            move(service, Stage.LEGACY_PRIMARY);
            Order dual = service.orders.insert(new Order(0, "dual", "open", 1));
            awaitClean(service);
            assertThat(service.newOrders.findById(dual.id())).contains(dual);
            assertThat(service.newOrders.findAllById(ids)).isEmpty();
            copyAll(service, ids);
            assertThat(service.newOrders.findAllById(ids)).hasSameSizeAs(ids);

            move(service, Stage.NEW_PRIMARY);
            Order born = service.orders.insert(new Order(0, "born new", "open", 1));
            assertThat(born.id()).isGreaterThan(dual.id());
            assertThat(service.newOrders.findById(born.id())).contains(born);
            service.orders.put(dual.with("paid"));
            service.orders.deleteById(ids.get(0));
            awaitClean(service);
            assertThat(service.legacyOrders.findById(born.id())).contains(born);
            assertThat(service.legacyOrders.findById(dual.id())).contains(dual.with("paid"));
            assertThat(service.legacyOrders.findById(ids.get(0))).isEmpty();

            move(service, Stage.LEGACY_PRIMARY);
            Order back = service.orders.insert(new Order(0, "back", "open", 1));
            assertThat(back.id()).isGreaterThan(born.id());
            awaitClean(service);
            assertThat(service.newOrders.findById(back.id())).contains(back);

            move(service, Stage.NEW_PRIMARY);
            move(service, Stage.NEW_ONLY);
            Order last = service.orders.insert(new Order(0, "last", "open", 1));
            assertThat(service.newOrders.findById(last.id())).contains(last);
            assertThat(service.legacyOrders.findById(last.id())).isEmpty();
        }
    }

    @Test
    void a_second_instance_and_a_restart_know_where_the_migration_stands() throws Exception {
        try (OrdersMigration first = new OrdersMigration(databases).start();
                OrdersMigration second = new OrdersMigration(databases).start()) {
            move(first, Stage.LEGACY_PRIMARY);
            Order order = second.orders.insert(new Order(0, "second", "open", 1));
            awaitClean(second);
            assertThat(first.newOrders.findById(order.id())).contains(order);
            copyAll(first, List.of(order.id()));
            move(first, Stage.NEW_PRIMARY);
            Order moved = second.orders.insert(new Order(0, "second, moved", "open", 1));
            assertThat(second.newOrders.findById(moved.id())).contains(moved);
        }
        try (OrdersMigration third = new OrdersMigration(databases).start()) {
            assertThat(third.migration.status().stage()).isEqualTo(Stage.NEW_PRIMARY);
            Order order = third.orders.insert(new Order(0, "third", "open", 1));
            assertThat(third.newOrders.findById(order.id())).contains(order);
        }
    }
}
