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
import dev.crossfade.jdbc.testing.TestDatabase;
import dev.crossfade.jdbc.testing.TestDatabases;
import dev.crossfade.testing.Moves;
import dev.crossfade.testing.Patience;
import java.time.Duration;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The ledger is forgotten where only one side is written, and nowhere else. */
abstract class PurgeContract {
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

    private static void awaitClean(OrdersMigration service) {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> service.migration.status().ledger().dirty() == 0);
    }

    private static long ledgerRows(TestDatabase database) {
        return Jdbi.create(database.dataSource())
                .withHandle(handle -> handle.createQuery("SELECT COUNT(*) FROM crossfade_ledger")
                        .mapTo(Long.class)
                        .one());
    }

    @Test
    void leaving_the_dual_write_forgets_the_ledger_and_a_second_entry_begins_anew() {
        try (OrdersMigration service = new OrdersMigration(databases).start()) {
            move(service, Stage.LEGACY_PRIMARY);
            Order kept = service.orders.insert(new Order(0, "kept", "open", 1));
            Order gone = service.orders.insert(new Order(0, "gone", "open", 1));
            service.orders.put(kept.with("paid"));
            service.orders.deleteById(gone.id());
            awaitClean(service);
            assertThat(ledgerRows(databases.legacy())).isEqualTo(2);
            assertThat(ledgerRows(databases.next())).isEqualTo(2);
            move(service, Stage.LEGACY_ONLY);
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> databases.both().stream().allMatch(database -> ledgerRows(database) == 0));

            service.orders.put(kept.with("sent"));
            move(service, Stage.LEGACY_PRIMARY);
            service.orders.put(kept.with("back"));
            awaitClean(service);
            assertThat(service.newOrders.findById(kept.id())).contains(kept.with("back"));
        }
    }

    @Test
    void the_primary_keeps_its_ledger_as_long_as_the_secondary_has_one() {
        Jdbi next = Jdbi.create(databases.next().dataSource());
        try (OrdersMigration service = new OrdersMigration(databases).start()) {
            move(service, Stage.LEGACY_PRIMARY);
            Order order = service.orders.insert(new Order(0, "first", "open", 1));
            awaitClean(service);
            next.useHandle(handle -> handle.execute("ALTER TABLE crossfade_ledger RENAME TO away"));
            move(service, Stage.LEGACY_ONLY);
            await().pollDelay(Duration.ofMillis(2500)).until(() -> ledgerRows(databases.legacy()) == 1);
            next.useHandle(handle -> handle.execute("ALTER TABLE away RENAME TO crossfade_ledger"));
            await().atMost(Duration.ofSeconds(60)).until(() -> ledgerRows(databases.legacy()) == 0);
            assertThat(ledgerRows(databases.next())).isZero();
            assertThat(service.legacyOrders.findById(order.id())).contains(order);
        }
    }

    @Test
    void a_second_entry_waits_until_the_keys_are_forgotten_that_an_early_exit_left_dirty() {
        Jdbi next = Jdbi.create(databases.next().dataSource());
        try (OrdersMigration service = new OrdersMigration(databases).start()) {
            move(service, Stage.LEGACY_PRIMARY);
            next.useHandle(handle -> handle.execute("ALTER TABLE crossfade_ledger RENAME TO away"));
            Order gone = service.orders.insert(new Order(0, "gone", "open", 1));
            move(service, Stage.LEGACY_ONLY);
            service.orders.deleteById(gone.id());

            assertThat(service.migration.check(Stage.LEGACY_PRIMARY, ALICE))
                    .singleElement()
                    .asString()
                    .contains("still holds keys of the last dual write");
            next.useHandle(handle -> handle.execute("ALTER TABLE away RENAME TO crossfade_ledger"));
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> service.migration
                            .moveTo(Stage.LEGACY_PRIMARY, ALICE)
                            .moved());

            awaitClean(service);
            assertThat(service.migration.status().ledger().parked()).isZero();
        }
    }

    @Test
    void the_last_stage_forgets_the_ledger() throws Exception {
        try (OrdersMigration service = new OrdersMigration(databases).start()) {
            move(service, Stage.LEGACY_PRIMARY);
            Order order = service.orders.insert(new Order(0, "first", "open", 1));
            CopyRun copy = service.migration.copy(Orders.class);
            copy.mark(List.of(order.id()));
            assertThat(copy.complete(ALICE, Patience.LIMIT)).isEmpty();
            move(service, Stage.NEW_PRIMARY);
            assertThat(ledgerRows(databases.next())).isEqualTo(1);
            move(service, Stage.NEW_ONLY);
            await().atMost(Duration.ofSeconds(60)).until(() -> ledgerRows(databases.next()) == 0);
        }
    }
}
