package dev.crossfade.jdbc;

import static dev.crossfade.jdbc.orders.OrdersMigration.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.crossfade.CopyRun;
import dev.crossfade.MigrationException;
import dev.crossfade.Operator;
import dev.crossfade.Recovery.Forced;
import dev.crossfade.Recovery.Raised;
import dev.crossfade.Side;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.internal.sql.Counter;
import dev.crossfade.jdbc.orders.Order;
import dev.crossfade.jdbc.orders.Orders;
import dev.crossfade.jdbc.orders.OrdersMigration;
import dev.crossfade.jdbc.testing.Pair;
import dev.crossfade.jdbc.testing.TestDatabase;
import dev.crossfade.jdbc.testing.TestDatabases;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.testing.Moves;
import dev.crossfade.testing.Patience;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a person does after a failover, a restore, or the loss of a database. */
abstract class RecoveryContract {
    private static final Operator BOB = Operator.of("bob", "INC-7");

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
        Moves.move(service.migration, to, ALICE);
    }

    private static void awaitClean(OrdersMigration service) {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> service.migration.status().ledger().dirty() == 0);
    }

    private static void awaitOnlyParked(OrdersMigration service, int parked) {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> service.migration.status().ledger().dirty() == parked
                        && service.migration.parkedKeys().list(100).size() == parked);
    }

    private static void copy(OrdersMigration service, List<Long> ids) throws InterruptedException {
        CopyRun copy = service.migration.copy(Orders.class);
        copy.mark(ids);
        assertThat(copy.complete(ALICE, Patience.LIMIT)).isEmpty();
    }

    private static void copyUntilParked(OrdersMigration service, List<Long> ids, int parked)
            throws InterruptedException {
        CopyRun copy = service.migration.copy(Orders.class);
        copy.mark(ids);
        assertThat(copy.complete(ALICE, Duration.ofSeconds(1))).isNotEmpty();
        awaitOnlyParked(service, parked);
    }

    private static EntityKey key(Order order) {
        return new EntityKey("Order", order.id());
    }

    /** What a backup holds of orders and ledger, for a restore that loses what came later. */
    private record Backup(
            Jdbi jdbi, String rowsOf, List<Map<String, Object>> orders, List<Map<String, Object>> ledger) {
        static Backup of(TestDatabase database, String side) {
            Jdbi jdbi = Jdbi.create(database.dataSource());
            return jdbi.withHandle(handle -> new Backup(
                    jdbi,
                    side,
                    handle.createQuery("SELECT id, number, status, steps FROM orders")
                            .mapToMap()
                            .list(),
                    handle.createQuery("SELECT entity, entity_key, generation, counter FROM crossfade_ledger "
                                    + "WHERE side = :side")
                            .bind("side", side)
                            .mapToMap()
                            .list()));
        }

        /** As a replica stands that takes over without the last commits, all of which had crossed. */
        void restore() {
            jdbi.useTransaction(handle -> {
                handle.execute("DELETE FROM orders");
                handle.createUpdate("DELETE FROM crossfade_ledger WHERE side = :side")
                        .bind("side", rowsOf)
                        .execute();
                orders.forEach(row -> handle.createUpdate(
                                "INSERT INTO orders (id, number, status, steps) VALUES (:id, :number, :status, :steps)")
                        .bindMap(row)
                        .execute());
                ledger.forEach(row -> handle.createUpdate("INSERT INTO crossfade_ledger (migration, side, entity, "
                                + "entity_key, generation, counter, changed_at, last_change) VALUES ('orders', :side, "
                                + ":entity, :entity_key, :generation, :counter, CURRENT_TIMESTAMP, 'W')")
                        .bind("side", rowsOf)
                        .bindMap(row)
                        .execute());
            });
        }
    }

    /** Orders of which the primary has lost the last commits, which had crossed. */
    private final class LossyFailover {
        final Order untouched;
        final Order changed;
        final Order deleted;
        final Order born;

        LossyFailover() {
            try (OrdersMigration service = new OrdersMigration(databases).start()) {
                move(service, Stage.LEGACY_PRIMARY);
                untouched = service.orders.insert(new Order(0, "untouched", "open", 1));
                Order first = service.orders.insert(new Order(0, "changed", "open", 1));
                deleted = service.orders.insert(new Order(0, "deleted", "open", 1));
                awaitClean(service);
                Backup backup = Backup.of(databases.legacy(), "L");
                service.orders.put(first.with("paid"));
                changed = first.with("paid").with("sent");
                service.orders.put(changed);
                service.orders.deleteById(deleted.id());
                born = service.orders.insert(new Order(0, "born", "open", 1));
                awaitClean(service);
                backup.restore();
            }
        }

        List<EntityKey> ahead() {
            return List.of(key(changed), key(deleted), key(born));
        }

        List<Long> all() {
            return List.of(untouched.id(), changed.id(), deleted.id(), born.id());
        }
    }

    @Test
    void without_a_raised_generation_commits_that_the_primary_has_lost_leave_the_stores_different() throws Exception {
        LossyFailover failover = new LossyFailover();
        try (OrdersMigration service = new OrdersMigration(databases).start()) {
            copy(service, failover.all());
            awaitClean(service);
            assertThat(service.newOrders.findById(failover.changed.id()))
                    .isNotEqualTo(service.legacyOrders.findById(failover.changed.id()));
        }
    }

    @Test
    void a_raised_generation_parks_what_the_primary_has_lost_and_the_stores_become_equal_as_a_person_decides()
            throws Exception {
        LossyFailover failover = new LossyFailover();
        OrdersMigration service = new OrdersMigration(databases);
        Raised raised = service.migration.recovery().raiseGeneration(BOB);
        assertThat(raised.aheadKeys()).isEqualTo(3);
        try (service) {
            service.start();
            assertThat(service.migration.status().epoch()).isEqualTo(raised.epoch());
            copyUntilParked(service, failover.all(), 3);
            assertThat(service.migration.recovery().aheadKeys(10))
                    .containsExactlyInAnyOrderElementsOf(failover.ahead());
            assertThat(service.newOrders.findById(failover.changed.id())).contains(failover.changed);
            assertThat(service.newOrders.findById(failover.born.id())).contains(failover.born);

            assertThat(service.migration
                            .recovery()
                            .keepSecondary(List.of(key(failover.changed), key(failover.untouched)), BOB))
                    .containsExactly(key(failover.changed));
            assertThat(service.migration.recovery().keepSecondary(List.of(key(failover.deleted)), BOB))
                    .hasSize(1);
            assertThat(service.migration.recovery().keepPrimary(List.of(key(failover.born)), BOB))
                    .isEqualTo(1);
            awaitClean(service);
            assertThat(service.legacyOrders.findById(failover.changed.id())).contains(failover.changed);
            assertThat(service.legacyOrders.findById(failover.deleted.id())).isEmpty();
            assertThat(service.newOrders.findById(failover.born.id())).isEmpty();
            assertThat(service.newOrders.findAllById(failover.all()))
                    .containsExactlyInAnyOrderElementsOf(service.legacyOrders.findAllById(failover.all()));
            copy(service, failover.all());
            move(service, Stage.NEW_PRIMARY);
        }
    }

    /** Read repair and copies mark before anyone has noticed the failover. */
    @Test
    void marks_before_the_generation_is_raised_do_not_hide_what_the_primary_has_lost() throws Exception {
        LossyFailover failover = new LossyFailover();
        try (OrdersMigration service = new OrdersMigration(databases).start()) {
            for (int copies = 0; copies < 5; copies++) {
                copy(service, failover.all());
            }
            awaitClean(service);

            assertThat(service.migration.recovery().raiseGeneration(BOB).aheadKeys())
                    .isEqualTo(3);

            copyUntilParked(service, failover.all(), 3);
            assertThat(service.migration.recovery().aheadKeys(10))
                    .containsExactlyInAnyOrderElementsOf(failover.ahead());
            assertThat(service.newOrders.findAllById(failover.all()))
                    .containsExactlyInAnyOrder(failover.untouched, failover.changed, failover.born);
        }
    }

    @Test
    void a_write_of_the_service_does_not_decide_about_a_key_that_waits_for_a_person() throws Exception {
        LossyFailover failover = new LossyFailover();
        try (OrdersMigration service = new OrdersMigration(databases).start()) {
            service.migration.recovery().raiseGeneration(BOB);
            Order stale = service.legacyOrders.findById(failover.changed.id()).orElseThrow();
            service.orders.put(stale.with("cancelled"));
            Order other = service.orders.insert(new Order(0, "other", "open", 1));
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> service.newOrders.findById(other.id()).isPresent());
            awaitOnlyParked(service, 3);
            assertThat(service.newOrders.findById(failover.changed.id())).contains(failover.changed);
            service.migration.recovery().keepPrimary(List.of(key(failover.changed)), BOB);
            awaitOnlyParked(service, 2);
            assertThat(service.newOrders.findById(failover.changed.id())).contains(stale.with("cancelled"));
        }
    }

    @Test
    void what_one_instance_decides_holds_for_the_others() throws Exception {
        LossyFailover failover = new LossyFailover();
        try (OrdersMigration first = new OrdersMigration(databases).start();
                OrdersMigration second = new OrdersMigration(databases).start()) {
            first.migration.recovery().raiseGeneration(BOB);
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> second.migration.status().epoch()
                            == first.migration.status().epoch());
            second.migration.copy(Orders.class).mark(failover.all());
            awaitOnlyParked(second, 3);
            assertThat(first.migration.recovery().keepPrimary(failover.ahead(), BOB))
                    .isEqualTo(3);
            awaitClean(first);
            awaitClean(second);
            assertThat(second.newOrders.findAllById(failover.all()))
                    .containsExactlyInAnyOrderElementsOf(second.legacyOrders.findAllById(failover.all()));
        }
    }

    @Test
    void a_raised_generation_voids_what_was_copied() throws Exception {
        try (OrdersMigration service = new OrdersMigration(databases).start()) {
            move(service, Stage.LEGACY_PRIMARY);
            Order order = service.orders.insert(new Order(0, "first", "open", 1));
            copy(service, List.of(order.id()));
            assertThat(service.migration.check(Stage.NEW_PRIMARY, ALICE)).isEmpty();
            assertThat(service.migration.recovery().raiseGeneration(BOB).aheadKeys())
                    .isZero();
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> service.migration.status().copied().containsValue(false));
            assertThat(service.migration.check(Stage.NEW_PRIMARY, ALICE)).isNotEmpty();
            service.orders.put(order.with("paid"));
            copy(service, List.of(order.id()));
            assertThat(service.newOrders.findById(order.id())).contains(order.with("paid"));
            move(service, Stage.NEW_PRIMARY);
        }
    }

    @Test
    void another_database_is_refused_until_a_person_accepts_it() {
        new OrdersMigration(databases).start().close();
        Jdbi.create(databases.next().dataSource())
                .useHandle(
                        handle -> handle.execute("UPDATE crossfade_fence SET identity = 'another' WHERE side = 'N'"));
        OrdersMigration refused = new OrdersMigration(databases);
        assertThatThrownBy(refused.migration::start)
                .isInstanceOf(MigrationException.class)
                .hasMessageContaining("recovery()");
        refused.migration.recovery().accept(Side.NEW, BOB);
        assertThatThrownBy(() -> refused.migration.recovery().accept(Side.NEW, BOB))
                .hasMessageContaining("nothing to accept");
        new OrdersMigration(databases).start().close();
    }

    @Test
    void a_forced_primary_goes_on_and_the_old_one_becomes_its_secondary_when_it_comes_back() throws Exception {
        Jdbi legacy = Jdbi.create(databases.legacy().dataSource());
        Order lost;
        Order crossed;
        try (OrdersMigration service = new OrdersMigration(databases).start()) {
            move(service, Stage.LEGACY_PRIMARY);
            crossed = service.orders.insert(new Order(0, "crossed", "open", 1));
            lost = service.orders.insert(new Order(0, "lost", "open", 1));
            awaitClean(service);
        }
        // As if the process and then the database had died before the last change crossed.
        legacy.useTransaction(handle -> {
            handle.execute("UPDATE orders SET status = 'paid' WHERE number = 'lost'");
            handle.execute("UPDATE crossfade_ledger SET counter = counter + " + Counter.WRITE
                    + ", pending_since = CURRENT_TIMESTAMP "
                    + "WHERE side = 'L' AND counter = (SELECT c FROM (SELECT MAX(counter) AS c FROM crossfade_ledger) m) "
                    + "AND entity_key = (SELECT k FROM (SELECT MAX(entity_key) AS k FROM crossfade_ledger) n)");
            handle.execute("ALTER TABLE crossfade_fence RENAME TO away");
        });
        OrdersMigration service = new OrdersMigration(databases);
        assertThatThrownBy(() -> service.migration.recovery().forcePrimary(Side.NEW, BOB))
                .hasMessageContaining("approvingPointOfNoReturn");
        Forced forced = service.migration.recovery().forcePrimary(Side.NEW, BOB.approvingPointOfNoReturn());
        assertThat(forced.possiblyLost()).isEmpty();
        try (service) {
            service.start();
            assertThat(service.migration.status().stage()).isEqualTo(Stage.NEW_PRIMARY);
            service.orders.put(lost.with("sent"));
            service.orders.put(crossed.with("sent"));
            legacy.useHandle(handle -> handle.execute("ALTER TABLE away RENAME TO crossfade_fence"));
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> service.legacyOrders
                            .findById(crossed.id())
                            .orElseThrow()
                            .status()
                            .equals("sent"));
            assertThat(service.migration.recovery().aheadKeys(10)).containsExactly(key(lost));
            assertThat(service.legacyOrders.findById(lost.id()).orElseThrow().status())
                    .isEqualTo("paid");
            service.migration.recovery().keepPrimary(List.of(key(lost)), BOB);
            awaitClean(service);
            assertThat(service.legacyOrders.findById(lost.id())).contains(lost.with("sent"));
        }
    }

    @Test
    void a_primary_that_answers_is_stopped_before_the_other_side_is_forced() throws Exception {
        try (OrdersMigration service = new OrdersMigration(databases).start()) {
            move(service, Stage.LEGACY_PRIMARY);
            Order order = service.orders.insert(new Order(0, "first", "open", 1));
            awaitClean(service);
            Forced forced = service.migration.recovery().forcePrimary(Side.NEW, BOB.approvingPointOfNoReturn());
            assertThat(forced.possiblyLost()).hasValue(0);
            service.orders.put(order.with("paid"));
            Order born = service.orders.insert(new Order(0, "born", "open", 1));
            assertThat(born.id()).isGreaterThan(order.id());
            awaitClean(service);
            assertThat(service.newOrders.findById(order.id())).contains(order.with("paid"));
            assertThat(service.legacyOrders.findById(order.id())).contains(order.with("paid"));
            assertThatThrownBy(
                            () -> service.migration.recovery().forcePrimary(Side.NEW, BOB.approvingPointOfNoReturn()))
                    .hasMessageContaining("nothing to force");
        }
    }
}
