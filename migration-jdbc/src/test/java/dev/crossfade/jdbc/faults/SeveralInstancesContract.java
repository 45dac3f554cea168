package dev.crossfade.jdbc.faults;

import static dev.crossfade.jdbc.faults.Scene.execute;
import static dev.crossfade.jdbc.faults.Scene.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.crossfade.MoveResult;
import dev.crossfade.RetryableWriteException;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.orders.Order;
import dev.crossfade.jdbc.orders.OrdersMigration;
import dev.crossfade.jdbc.testing.TestDatabase;
import dev.crossfade.testing.WatchedPlatform;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Instances that are late, paused, or at cross purposes: at most one side takes writes, and none is lost. */
abstract class SeveralInstancesContract extends FaultContract {
    private static final String FENCE = "-fence";
    private static final String REPAIR = "-repair";
    private static final String RELAY = "-relay-";
    private static final String RAISE_SECONDARY = "crossfade_fence";

    /** Where {@link #pausedBeforeCommit} holds its write. */
    private Stop held = new Stop("nowhere");

    private Instance[] start(int count) {
        Instance[] instances = new Instance[count];
        for (int i = 0; i < count; i++) {
            instances[i] = i == 0 ? scene.startDual() : scene.start(scene.setup());
        }
        Scene.declareCopied(instances[0]);
        instances[0].orders.put(order(1));
        scene.awaitClean();
        return instances;
    }

    /** So that a key is refreshed by the one that wrote it, however slow that one is. */
    private void nobodyBringsInWhatOthersLeft() {
        await().atMost(Scene.PATIENCE)
                .until(() -> Scene.number(
                                scene.legacy(),
                                "SELECT count(*) FROM crossfade_claim WHERE name = 'relay' AND side = 'L'")
                        == 1);
        execute(
                scene.next(),
                "INSERT INTO crossfade_claim (migration, side, name, holder, lease_until) " + "VALUES ('"
                        + OrdersMigration.NAME + "', 'N', 'relay', 'another', '2037-01-01 00:00:00')");
        claimUntil("2037");
    }

    private void claimUntil(String year) {
        for (TestDatabase database : List.of(scene.legacy(), scene.next())) {
            execute(
                    database,
                    "UPDATE crossfade_claim SET holder = 'another', lease_until = '" + year
                            + "-01-01 00:00:00' WHERE name = 'relay'");
        }
    }

    /** From now on they do again. */
    private void othersBringIn() {
        claimUntil("2001");
    }

    @Test
    void an_instance_with_a_stale_view_writes_nothing_on_the_old_side_and_goes_to_the_new_one() {
        Instance[] instances = start(2);
        Instance stale = instances[1];
        // Both of its threads that look at the fence are held, the one where it says that it is alive.
        Stop repair = stale.onLegacy.stopBefore("crossfade_fence", REPAIR).awaitReached();
        Stop keeper = stale.onLegacy.stopBefore("crossfade_instance", FENCE).awaitReached();
        instances[0].moveTo(Stage.NEW_PRIMARY);
        assertThat(stale.stage()).isEqualTo(Stage.LEGACY_PRIMARY);
        List<List<Order>> onLegacy = new ArrayList<>();

        stale.service.migration.inTransaction(() -> {
            onLegacy.add(rows(scene.legacy()));
            stale.orders.put(order(1).with("attempt " + onLegacy.size()));
        });

        assertThat(onLegacy).containsExactly(List.of(order(1)), List.of(order(1)));
        assertThat(rows(scene.next())).containsExactly(order(1).with("attempt 2"));
        repair.release();
        keeper.release();
        scene.endsWith(order(1).with("attempt 2"));
    }

    @Test
    void what_the_old_primary_refuses_an_instance_with_a_stale_view_is_tried_on_the_new_one() {
        Instance[] instances = start(2);
        nobodyBringsInWhatOthersLeft();
        Instance stale = instances[1];
        Stop repair = stale.onLegacy.stopBefore("crossfade_fence", REPAIR).awaitReached();
        Stop keeper = stale.onLegacy.stopBefore("crossfade_instance", FENCE).awaitReached();
        instances[0].moveTo(Stage.NEW_PRIMARY);
        Order renamed = new Order(1, "n1 no more", "open", 2);
        Stop behind = instances[0].onLegacy.stopBefore(RAISE_SECONDARY, RELAY);
        instances[0].orders.put(renamed);
        behind.awaitReached();
        assertThat(stale.stage()).isEqualTo(Stage.LEGACY_PRIMARY);
        Order heir = new Order(2, "n1", "open", 1);
        AtomicLong attempts = new AtomicLong();

        stale.service.migration.inTransaction(() -> {
            attempts.incrementAndGet();
            stale.orders.put(heir);
        });

        assertThat(attempts).hasValue(2);
        assertThat(rows(scene.legacy())).containsExactly(order(1));
        assertThat(rows(scene.next())).containsExactly(renamed, heir);
        othersBringIn();
        behind.release();
        repair.release();
        keeper.release();
        scene.endsWith(renamed, heir);
    }

    @Test
    void what_the_primary_refuses_reaches_the_caller_after_one_attempt() {
        Instance[] instances = start(1);
        AtomicLong attempts = new AtomicLong();

        assertThatThrownBy(() -> instances[0].service.migration.inTransaction(() -> {
                    attempts.incrementAndGet();
                    instances[0].orders.put(new Order(2, "n1", "open", 1));
                }))
                .hasRootCauseInstanceOf(SQLException.class);

        assertThat(attempts).hasValue(1);
        scene.endsWith(order(1));
    }

    @Test
    void an_instance_forgets_its_dirty_keys_when_another_one_goes_back_to_legacy_only() {
        Instance[] instances = start(2);
        nobodyBringsInWhatOthersLeft();
        Instance other = instances[1];
        Stop slow = other.onNew.stopBefore(RAISE_SECONDARY, RELAY);
        other.orders.put(order(1).with("left behind"));
        slow.awaitReached();
        instances[0].moveTo(Stage.LEGACY_ONLY);
        await().atMost(Scene.PATIENCE).until(() -> other.stage() == Stage.LEGACY_ONLY);

        othersBringIn();
        slow.release();

        awaitNothingDirty(other);
    }

    @Test
    void an_instance_forgets_its_dirty_keys_when_another_one_goes_on_to_new_only() {
        Instance[] instances = start(2);
        nobodyBringsInWhatOthersLeft();
        instances[0].moveTo(Stage.NEW_PRIMARY);
        Instance other = instances[1];
        await().atMost(Scene.PATIENCE).until(() -> other.stage() == Stage.NEW_PRIMARY);
        Stop slow = other.onLegacy.stopBefore(RAISE_SECONDARY, RELAY);
        other.orders.put(order(1).with("crosses by the move"));
        slow.awaitReached();
        instances[0].moveTo(Stage.NEW_ONLY);
        await().atMost(Scene.PATIENCE).until(() -> other.stage() == Stage.NEW_ONLY);

        othersBringIn();
        slow.release();

        awaitNothingDirty(other);
        assertThat(rows(scene.legacy()))
                .isEqualTo(rows(scene.next()))
                .containsExactly(order(1).with("crosses by the move"));
    }

    private static void awaitNothingDirty(Instance instance) {
        await().atMost(Scene.PATIENCE)
                .until(() -> instance.service.migration.status().ledger().dirty() == 0);
    }

    @Test
    void a_write_that_is_paused_between_the_fence_and_its_commit_stops_a_handover_and_is_not_lost() {
        Instance[] instances = start(2);
        Instance paused = instances[1];
        paused.onLegacy.commitApart();
        Meanwhile<Boolean> write = pausedBeforeCommit(paused, order(1).with("paused"));

        long began = System.nanoTime();

        assertThat(instances[0].service.migration.moveTo(Stage.NEW_PRIMARY, OrdersMigration.ALICE))
                .isInstanceOf(MoveResult.Aborted.class);

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Scene.PATIENCE);
        instances[0].orders.put(order(2));
        held.release();
        write.result();

        scene.awaitClean();
        instances[0].moveTo(Stage.NEW_PRIMARY);
        scene.endsWith(order(1).with("paused"), order(2));
    }

    private Meanwhile<Boolean> pausedBeforeCommit(Instance instance, Order order) {
        held = instance.onLegacy.stopBefore("COMMIT", "meanwhile");
        Meanwhile<Boolean> write = meanwhile(() -> {
            instance.orders.put(order);
            return true;
        });
        held.awaitReached();
        return write;
    }

    @Test
    void a_write_whose_session_is_killed_while_it_is_paused_is_not_committed_after_the_handover() {
        Instance[] instances = start(2);
        Meanwhile<Boolean> write = pausedBeforeCommit(instances[1], order(1).with("paused"));

        killWhoHoldsTheFence();
        instances[0].moveTo(Stage.NEW_PRIMARY);
        instances[0].orders.put(order(1).with("moved"));
        held.release();

        assertThat(write.failure()).isInstanceOf(Exception.class);
        scene.endsWith(order(1).with("moved"));
    }

    /** The one session of the old primary that is idle in a transaction. */
    private void killWhoHoldsTheFence() {
        if (isPostgres()) {
            execute(scene.legacy(), """
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                     WHERE datname = current_database() AND state = 'idle in transaction'
                    """);
        } else {
            String writing =
                    " FROM information_schema.innodb_trx WHERE trx_state = 'RUNNING' AND trx_rows_modified > 0";
            // MariaDB shows once more what it has shown to anyone less than 100 ms ago.
            await().atMost(Scene.PATIENCE)
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> Scene.number(scene.legacy(), "SELECT count(*)" + writing) > 0);
            long session = Scene.number(
                    scene.legacy(), "SELECT trx_mysql_thread_id" + writing + " ORDER BY trx_started LIMIT 1");
            execute(scene.legacy(), "KILL " + session);
        }
    }

    /** It cannot see that the primary has moved, and says what it goes by where it can. */
    @Test
    void an_instance_that_reaches_only_the_old_primary_keeps_the_next_move_from_beginning() {
        Instance[] instances = start(2);
        Instance cutOff = instances[1];
        cutOff.onNew.always("crossfade_", () -> {
            throw new SQLNonTransientConnectionException("no route", "08001");
        });
        // Nor does it see the old primary drain, by which it would know that a move is under way.
        cutOff.onLegacy.always("crossfade_fence", () -> {
            throw new SQLNonTransientConnectionException("no route", "08001");
        });
        instances[0].moveTo(Stage.NEW_PRIMARY);
        cutOff.onLegacy.clear();

        assertThat(instances[0].service.migration.check(Stage.LEGACY_PRIMARY, OrdersMigration.ALICE))
                .singleElement()
                .asString()
                .contains("still goes by epoch");

        cutOff.onNew.clear();
        await().atMost(Scene.PATIENCE).until(() -> cutOff.stage() == Stage.NEW_PRIMARY);
        assertThat(instances[0].service.migration.check(Stage.LEGACY_PRIMARY, OrdersMigration.ALICE))
                .isEmpty();
        scene.endsWith(order(1));
    }

    @Test
    void a_session_that_keeps_the_ids_from_being_aligned_keeps_no_writer_waiting() throws Exception {
        Instance[] instances = start(2);
        execute(
                scene.legacy(),
                isPostgres() ? "SELECT setval('orders_id_seq', 1000)" : "ALTER TABLE orders AUTO_INCREMENT = 1000");
        AtomicReference<Meanwhile<Boolean>> write = new AtomicReference<>();
        instances[0].onNew.beforeOn(
                Thread.currentThread(),
                isPostgres() ? "MAX(id)" : "ALTER TABLE",
                () -> write.set(meanwhile(() -> {
                    instances[1].orders.put(order(2));
                    return true;
                })));
        try (Connection stranger = scene.next().connect();
                Statement statement = stranger.createStatement()) {
            stranger.setAutoCommit(false);
            statement.execute(isPostgres() ? "LOCK TABLE orders" : "SELECT COUNT(*) FROM orders");

            assertThat(instances[0].service.migration.moveTo(Stage.NEW_PRIMARY, OrdersMigration.ALICE))
                    .isInstanceOf(MoveResult.Aborted.class);

            assertThat(Objects.requireNonNull(write.get()).result()).isTrue();
            stranger.rollback();
        }
        scene.awaitClean();
        instances[0].moveTo(Stage.NEW_PRIMARY);
        scene.endsWith(order(1), order(2));
    }

    @Test
    void a_process_that_stood_still_while_it_moved_goes_on_with_the_move() {
        WatchedPlatform platform = new WatchedPlatform();
        Instance instance = scene.startDual(scene.setup().change(builder -> builder.platform(platform)));
        Scene.declareCopied(instance);
        instance.orders.put(order(1));
        scene.awaitClean();
        instance.onLegacy.afterOn(
                Thread.currentThread(), "UPDATE crossfade_fence", () -> platform.leap(Duration.ofMinutes(1)));

        instance.moveTo(Stage.NEW_PRIMARY);

        scene.endsWith(order(1));
    }

    @Test
    void a_move_between_two_looks_at_the_fences_is_not_taken_for_two_primaries() {
        Instance[] instances = start(2);
        instances[1].onLegacy.afterOn(
                Thread.currentThread(), "FROM crossfade_fence", () -> instances[0].moveTo(Stage.NEW_PRIMARY));

        List<String> reasons = instances[1].service.migration.check(Stage.NEW_PRIMARY, OrdersMigration.ALICE);

        assertThat(instances[0].stage()).isEqualTo(Stage.NEW_PRIMARY);
        assertThat(reasons).noneMatch(reason -> reason.contains("both databases say"));
        scene.endsWith(order(1));
    }

    @Test
    void an_instance_that_ends_waits_for_its_own_writes_to_cross_and_not_for_those_of_others() {
        Instance busy = start(1)[0];
        nobodyBringsInWhatOthersLeft();
        Instance ends = scene.start(scene.setup().change(builder -> builder.closeTimeout(Scene.PATIENCE)));
        Stop slow = busy.onNew.stopBefore("INTO orders");
        busy.service.migration.inTransaction(() -> busy.orders.put(order(2)));
        slow.awaitReached();
        await().atMost(Scene.PATIENCE)
                .until(() -> ends.service.migration.status().ledger().dirty() > 0);
        ends.orders.put(order(3));

        long began = System.nanoTime();
        ends.close();

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Scene.PATIENCE.dividedBy(2));
        assertThat(rows(scene.next())).contains(order(3));
        othersBringIn();
        slow.release();
        scene.endsWith(order(1), order(2), order(3));
    }

    @Test
    void an_instance_that_ends_after_a_move_leaves_no_heartbeat_on_either_side() {
        Instance[] instances = start(2);
        instances[0].moveTo(Stage.NEW_PRIMARY);
        await().atMost(Scene.PATIENCE).until(() -> instances[1].stage() == Stage.NEW_PRIMARY);
        String heartbeats = "SELECT count(*) FROM crossfade_instance WHERE migration = 'orders'";
        await().atMost(Scene.PATIENCE)
                .until(() ->
                        Scene.number(scene.legacy(), heartbeats) == 0 && Scene.number(scene.next(), heartbeats) == 2);

        instances[1].close();

        assertThat(Scene.number(scene.next(), heartbeats)).isEqualTo(1);
        scene.endsWith(order(1));
    }

    @Test
    void two_relays_that_refresh_one_key_leave_what_was_written_last() {
        Instance[] instances = start(2);
        nobodyBringsInWhatOthersLeft();
        Stop slow = instances[0].onNew.stopBefore(RAISE_SECONDARY, RELAY);
        instances[0].orders.put(order(1).with("first"));
        slow.awaitReached();
        Order second = order(1).with("first").with("second");

        instances[1].orders.put(second);

        await().atMost(Scene.PATIENCE).until(() -> rows(scene.next()).contains(second));
        othersBringIn();
        slow.release();
        scene.endsWith(second);
    }

    @Test
    void a_refresh_that_could_not_be_noted_beside_a_lock_is_noted_later_without_being_found_by_others()
            throws Exception {
        Instance instance = start(1)[0];
        nobodyBringsInWhatOthersLeft();
        Stop first = instance.onLegacy.stopBefore("SKIP LOCKED", RELAY);
        instance.orders.put(order(1).with("noted late"));
        first.awaitReached();
        try (Connection stranger = scene.legacy().connect();
                Statement statement = stranger.createStatement()) {
            stranger.setAutoCommit(false);
            statement.execute("SELECT * FROM crossfade_ledger FOR UPDATE");
            Stop again = instance.onLegacy.stopBefore("SKIP LOCKED", RELAY);
            first.release();
            again.awaitReached();
            assertThat(rows(scene.next())).containsExactly(order(1).with("noted late"));
            stranger.rollback();
            again.release();
        }

        scene.awaitClean();

        scene.endsWith(order(1).with("noted late"));
    }

    @Test
    void refreshes_that_arrive_in_any_order_leave_what_was_written_last() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Instance[] instances = start(4);
        nobodyBringsInWhatOthersLeft();
        for (int round = 0; round < 3; round++) {
            claimUntil("2037");
            List<Stop> stops = new ArrayList<>();
            Order last = order(1);
            for (Instance instance : instances) {
                Stop stop = instance.onNew.stopBefore(RAISE_SECONDARY, RELAY);
                last = last.with("round " + round + " " + stops.size());
                instance.orders.put(last);
                stops.add(stop.awaitReached());
            }
            Collections.shuffle(stops, new Random(seed + round));
            othersBringIn();
            stops.forEach(Stop::release);
            scene.awaitClean();
            assertThat(rows(scene.next())).containsExactly(last);
        }
        scene.end();
    }

    @Test
    void a_deleted_row_does_not_come_back_with_a_late_refresh() {
        Instance[] instances = start(2);
        nobodyBringsInWhatOthersLeft();
        Stop slow = instances[0].onNew.stopBefore(RAISE_SECONDARY, RELAY);
        instances[0].orders.put(order(1).with("late"));
        slow.awaitReached();

        instances[1].orders.deleteById(1);

        await().atMost(Scene.PATIENCE).until(() -> rows(scene.next()).isEmpty());
        othersBringIn();
        slow.release();
        scene.endsWith();
    }

    @Test
    void an_instance_that_reads_from_the_new_side_reads_its_own_writes() {
        Instance[] instances = start(2);
        nobodyBringsInWhatOthersLeft();
        Instance reader = instances[1];
        reader.service.control.readNewPercent(100);
        await().atMost(Scene.PATIENCE)
                .until(() -> reader.service.migration.status().readNewPercent() == 100);
        Stop slow = reader.onNew.stopBefore(RAISE_SECONDARY, RELAY);

        Order paid = order(1).with("paid");
        reader.orders.put(paid);

        slow.awaitReached();
        assertThat(rows(scene.next())).containsExactly(order(1));
        assertThat(reader.orders.findById(1)).contains(paid);
        assertThat(instances[0].orders.findById(1)).contains(paid);
        othersBringIn();
        slow.release();
        scene.endsWith(paid);
    }

    @Test
    void two_controllers_that_move_and_give_up_at_once_let_one_side_write_at_a_time() {
        Instance[] instances = start(3);
        for (long id = 2; id <= 4; id++) {
            instances[0].orders.put(new Order(id, "n" + id, "open", 0));
        }
        AtomicBoolean over = new AtomicBoolean();
        List<Meanwhile<Long>> writers = new ArrayList<>();
        for (int n = 0; n < 3; n++) {
            Instance instance = instances[n];
            long id = n + 2L;
            writers.add(meanwhile(() -> steps(instance, id, over)));
        }
        AtomicLong moves = new AtomicLong();
        List<Meanwhile<Long>> controllers = new ArrayList<>();
        for (int n = 0; n < 2; n++) {
            Instance instance = instances[n];
            controllers.add(meanwhile(() -> {
                long giveUp = System.nanoTime() + Scene.PATIENCE.toNanos();
                for (int attempt = 0; attempt < 6 || (moves.get() == 0 && System.nanoTime() - giveUp < 0); attempt++) {
                    Stage to = instance.stage() == Stage.LEGACY_PRIMARY ? Stage.NEW_PRIMARY : Stage.LEGACY_PRIMARY;
                    if (instance.service
                            .migration
                            .moveTo(to, OrdersMigration.ALICE)
                            .moved()) {
                        moves.incrementAndGet();
                    }
                }
                return moves.get();
            }));
        }
        controllers.forEach(Meanwhile::result);
        over.set(true);
        List<Long> acknowledged = writers.stream().map(Meanwhile::result).toList();

        assertThat(moves.get()).isPositive();
        List<Order> held = scene.end();
        assertThat(held.stream().skip(1).map(Order::steps).toList()).isEqualTo(acknowledged);
    }

    /** Raises the steps of an order until it is over; how often that was acknowledged. */
    private static long steps(Instance instance, long id, AtomicBoolean over) {
        long acknowledged = 0;
        while (!over.get()) {
            acknowledged += isStepped(instance, id) ? 1 : 0;
        }
        return acknowledged;
    }

    /** False if the primary moved meanwhile, too. */
    private static boolean isStepped(Instance instance, long id) {
        try {
            return instance.orders.step(id);
        } catch (RetryableWriteException moving) {
            return false;
        }
    }
}
