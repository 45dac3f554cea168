package dev.crossfade.jdbc.faults;

import static dev.crossfade.jdbc.faults.Scene.execute;
import static dev.crossfade.jdbc.faults.Scene.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.crossfade.MoveResult;
import dev.crossfade.control.Stage;
import dev.crossfade.event.MigrationEvent;
import dev.crossfade.event.MigrationEvent.KeyParked;
import dev.crossfade.event.MigrationEvent.SecondaryUnavailable;
import dev.crossfade.jdbc.orders.Order;
import dev.crossfade.jdbc.orders.Orders;
import dev.crossfade.jdbc.orders.OrdersMigration;
import dev.crossfade.jdbc.testing.TestServer;
import dev.crossfade.jdbc.testing.proxy.FaultProxy;
import dev.crossfade.spi.ParkedKey;
import java.sql.Connection;
import java.sql.SQLNonTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A secondary that is down, silent, slow or picky: the primary goes on, and everything arrives in the end. */
abstract class IllSecondaryContract extends FaultContract {
    private static final int WRITES = 40;

    /** Far above what a write takes on a busy machine, and half of what the pool of a dead secondary would cost it. */
    private static final Duration UNHARMED = Duration.ofSeconds(5);

    /** Far above what all writes take, and half of what a slow secondary would cost them. */
    private static final Duration ALL_UNHARMED = Duration.ofSeconds(WRITES);

    private FaultProxy proxy;

    @BeforeEach
    void putProxy() {
        proxy = scene.proxyBefore(scene.next());
    }

    private Instance start() {
        Instance service = scene.startDual(scene.setup().newUrl(proxy.url()));
        Scene.declareCopied(service);
        service.orders.put(order(1));
        scene.awaitClean();
        return service;
    }

    /** Writes orders, none of which may fail or wait for the secondary. */
    private void write(Instance service) {
        Duration all = Duration.ZERO;
        for (int id = 1; id <= WRITES; id++) {
            long began = System.nanoTime();
            service.orders.put(order(id).with("while ill"));
            Duration one = Duration.ofNanos(System.nanoTime() - began);
            assertThat(one).isLessThan(UNHARMED);
            all = all.plus(one);
        }
        assertThat(all).isLessThan(ALL_UNHARMED);
        assertThat(rows(scene.legacy())).hasSize(WRITES);
    }

    private void endsWithAllWritten(Instance service) {
        assertThat(service.service.migration.parkedKeys().list(1)).isEmpty();
        assertThat(scene.end()).hasSize(WRITES).allMatch(row -> row.status().equals("while ill"));
    }

    @Test
    void while_the_secondary_is_down_writes_go_on_and_a_handover_is_refused() {
        Instance service = start();
        proxy.down();

        write(service);

        service.impatientForNew(Duration.ofSeconds(1));
        assertThat(service.service.migration.moveTo(Stage.NEW_PRIMARY, OrdersMigration.ALICE))
                .isInstanceOfSatisfying(
                        MoveResult.Refused.class,
                        refused -> assertThat(refused.reasons())
                                .contains("the fence of next cannot be read; wait until that database answers"));
        assertThat(rows(scene.next())).containsExactly(order(1));
        endsWithAllWritten(service);
    }

    @Test
    void while_the_secondary_swallows_everything_writes_go_on() {
        Instance service = start();
        proxy.blackHole();

        write(service);

        assertThat(rows(scene.next())).containsExactly(order(1));
        endsWithAllWritten(service);
    }

    @Test
    void while_each_answer_of_the_secondary_takes_two_seconds_writes_go_on() {
        Instance service = start();
        proxy.delay(Duration.ofSeconds(1));

        write(service);

        endsWithAllWritten(service);
    }

    @Test
    void while_the_secondary_comes_and_goes_writes_go_on() {
        Instance service = start();
        for (int round = 0; round < 4; round++) {
            proxy.down();
            write(service);
            proxy.heal();
        }

        assertThat(scene.end()).hasSize(WRITES);
    }

    @Test
    void a_secondary_that_fails_only_at_commit_is_taken_for_unreachable_and_parks_nothing() {
        List<MigrationEvent> events = new CopyOnWriteArrayList<>();
        Instance service = scene.startDual(
                scene.setup().change(builder -> builder.listener(events::add).relay(r -> r.maxAttempts(2))));
        service.orders.put(order(1));
        scene.awaitClean();
        AtomicInteger failures = new AtomicInteger();
        service.onNew.always("COMMIT", () -> {
            if (Thread.currentThread().getName().contains("-relay-")) {
                failures.incrementAndGet();
                throw new SQLNonTransientConnectionException("simulated", "08006");
            }
        });

        write(service);

        await().atMost(Scene.PATIENCE)
                .until(() -> failures.get() >= 7 && events.stream().anyMatch(SecondaryUnavailable.class::isInstance));
        assertThat(events).noneMatch(KeyParked.class::isInstance);
        assertThat(rows(scene.next())).containsExactly(order(1));
        endsWithAllWritten(service);
    }

    @Test
    void a_row_that_the_secondary_refuses_is_parked_alone_and_the_next_write_of_it_heals() {
        execute(scene.next(), "ALTER TABLE orders ADD CONSTRAINT few_steps CHECK (steps < 100)");
        Instance service = scene.startDual(scene.setup().change(builder -> builder.relay(r -> r.maxAttempts(3))));
        Scene.declareCopied(service);

        service.orders.putAll(List.of(order(1), new Order(2, "secret-2", "open", 100), order(3)));

        await().atMost(Scene.PATIENCE)
                .until(() -> service.service.migration.parkedKeys().list(9).size() == 1);
        ParkedKey parked = service.service.migration.parkedKeys().list(9).get(0);
        assertThat(parked.key().key()).isEqualTo(2L);
        assertThat(parked.attempts()).isEqualTo(3);
        assertThat(parked.reason()).contains("[23").doesNotContain("secret").doesNotContain("few_steps");
        assertThat(rows(scene.next())).containsExactly(order(1), order(3));
        service.orders.put(order(4));
        await().atMost(Scene.PATIENCE).until(() -> rows(scene.next()).equals(List.of(order(1), order(3), order(4))));
        assertThat(service.service.migration.moveTo(Stage.NEW_PRIMARY, OrdersMigration.ALICE))
                .isInstanceOfSatisfying(
                        MoveResult.Refused.class,
                        refused ->
                                assertThat(refused.reasons()).anyMatch(reason -> reason.contains("1 keys are parked")));

        service.orders.put(order(2));

        scene.endsWith(order(1), order(2), order(3), order(4));
    }

    @Test
    void a_key_is_parked_at_the_version_that_was_refused_and_not_at_one_that_nobody_has_tried() {
        execute(scene.next(), "ALTER TABLE orders ADD CONSTRAINT few_steps CHECK (steps < 100)");
        Instance one = scene.startDual(scene.setup().change(builder -> builder.relay(r -> r.maxAttempts(1))));
        Instance other = scene.start(scene.setup());
        Stop refused = one.onNew.stopAfter("ROLLBACK", "-relay-");
        one.orders.put(new Order(1, "n1", "open", 100));
        refused.awaitReached();
        // Whoever wrote what heals it has died before it could refresh it.
        other.onLegacy.afterOn(Thread.currentThread(), "COMMIT", other::kill);
        assertThatThrownBy(() -> other.orders.put(order(1))).isInstanceOf(Exception.class);

        refused.release();

        scene.awaitClean();
        scene.endsWith(order(1));
    }

    @Test
    void deletes_by_marks_that_are_rolled_back_with_their_batch_leave_the_cap_as_it_was() throws Exception {
        int deletes = 6;
        execute(scene.next(), "ALTER TABLE orders ADD CONSTRAINT few_steps CHECK (steps < 100)");
        for (long id = 1; id <= deletes; id++) {
            execute(scene.next(), "INSERT INTO orders VALUES (" + id + ", 'gone-" + id + "', 'open', 1)");
        }
        execute(scene.legacy(), "INSERT INTO orders VALUES (7, 'n7', 'open', 100)");
        Instance service = scene.startDual(scene.setup()
                .change(builder ->
                        builder.relay(r -> r.threads(1).maxAttempts(3).deletesByMarksPerMinute(deletes))));

        service.service.migration.copy(Orders.class).mark(List.of(1L, 2L, 3L, 4L, 5L, 6L, 7L));

        await().atMost(Scene.PATIENCE)
                .until(() -> service.service.migration.parkedKeys().list(9).size() == 1);
        assertThat(rows(scene.next())).isEmpty();
        assertThat(service.service.migration.parkedKeys().list(1).get(0).key().key())
                .isEqualTo(7L);
        service.orders.put(new Order(7, "n7", "open", 1));
        scene.endsWith(new Order(7, "n7", "open", 1));
    }

    @Test
    void a_value_that_is_too_long_for_the_secondary_parks_its_key_until_the_column_is_wider() {
        execute(
                scene.next(),
                isMaria()
                        ? "ALTER TABLE orders MODIFY status VARCHAR(6)"
                        : "ALTER TABLE orders ALTER COLUMN status " + (isPostgres() ? "TYPE" : "SET DATA TYPE")
                                + " VARCHAR(6)");
        Instance service = scene.startDual(scene.setup().change(builder -> builder.relay(r -> r.maxAttempts(3))));
        Order tooLong = new Order(2, "n2", "cancelled", 1);

        service.orders.putAll(List.of(order(1), tooLong, order(3)));

        await().atMost(Scene.PATIENCE)
                .until(() -> service.service.migration.parkedKeys().list(9).size() == 1);
        assertThat(service.service.migration.parkedKeys().list(9).get(0).reason())
                .contains("22001")
                .doesNotContain("cancelled");
        assertThat(rows(scene.next())).containsExactly(order(1), order(3));
        execute(
                scene.next(),
                isMaria()
                        ? "ALTER TABLE orders MODIFY status VARCHAR(20)"
                        : "ALTER TABLE orders ALTER COLUMN status " + (isPostgres() ? "TYPE" : "SET DATA TYPE")
                                + " VARCHAR(20)");
        assertThat(service.service.migration.parkedKeys().retryAll(OrdersMigration.ALICE))
                .isEqualTo(1);
        scene.endsWith(order(1), tooLong, order(3));
    }

    private boolean isMaria() {
        return scene.next().server() == TestServer.MARIADB;
    }

    @Test
    void one_connection_on_each_side_is_enough_for_writes_refreshes_and_a_handover() {
        Instance service = scene.startDual(scene.setup().legacyPool(1).newPool(1));
        Scene.declareCopied(service);
        service.orders.put(order(1));
        scene.awaitClean();
        service.moveTo(Stage.NEW_PRIMARY);
        service.orders.put(order(1).with("paid"));
        scene.endsWith(order(1).with("paid"));
    }

    @Test
    void an_exhausted_pool_of_the_secondary_delays_refreshes_and_no_write() throws Exception {
        Instance service = scene.startDual(scene.setup().newPool(1));
        service.orders.put(order(1));
        scene.awaitClean();

        try (Connection leaked = service.service.next.dataSource().getConnection()) {
            write(service);
            assertThat(leaked.isValid(1)).isTrue();
            assertThat(rows(scene.next())).containsExactly(order(1));
        }

        endsWithAllWritten(service);
    }
}
