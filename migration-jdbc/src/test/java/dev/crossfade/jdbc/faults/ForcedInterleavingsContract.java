package dev.crossfade.jdbc.faults;

import static dev.crossfade.jdbc.faults.Scene.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.crossfade.CopyRun;
import dev.crossfade.MigrationException;
import dev.crossfade.MoveResult;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.faults.Points.Moment;
import dev.crossfade.jdbc.orders.Order;
import dev.crossfade.jdbc.orders.Orders;
import dev.crossfade.jdbc.orders.OrdersMigration;
import dev.crossfade.jdbc.testing.HookedPool;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The orders of steps by which the protocol's model breaks a promise once a rule is switched off, forced on real databases
 * with the rule in force. Each test names its rule as {@code dev.crossfade.jdbc.model.Rule} does. Those that need no pause
 * inside the library stand elsewhere: stale and paused writers and tombstones in {@link SeveralInstancesContract}, epochs
 * of writers in {@link IsolationContract}, ledger and write in one transaction and the grant after the release in
 * {@link KilledInstanceContract}, conflicts in {@link UniqueSwapContract}.
 */
abstract class ForcedInterleavingsContract extends FaultContract {
    private static final String RELAY = "-relay-";
    private static final String FENCE = "-fence";
    private static final String CONTROLLER = "meanwhile";
    private static final String READ_VERSIONS = "SELECT l.entity_key, g.generation";
    private static final String READ_STATE = "SELECT * FROM orders";
    private static final String RAISE_SECONDARY = "crossfade_fence";
    private static final String READ_FENCE = "FROM crossfade_fence WHERE migration = ? AND side = ? AND stripe = 0";
    private static final String ACKNOWLEDGE = "SKIP LOCKED";

    private Instance one;
    private Instance other;

    @BeforeEach
    void start() {
        one = scene.startDual();
        Scene.declareCopied(one);
        other = scene.start(scene.setup());
        one.orders.put(order(1));
        scene.awaitClean();
    }

    private static Meanwhile<MoveResult> move(Instance instance, Stage to) {
        return meanwhile(() -> instance.service.migration.moveTo(to, OrdersMigration.ALICE));
    }

    @Test
    void apply_checks_role_a_refresh_from_before_a_handover_does_not_touch_the_new_primary() {
        Stop late = one.onNew.stopBefore(RAISE_SECONDARY, RELAY);
        one.orders.put(order(1).with("before"));
        late.awaitReached();

        other.moveTo(Stage.NEW_PRIMARY);
        Order after = order(1).with("before").with("after");
        other.orders.put(after);
        late.release();

        scene.awaitClean();
        assertThat(rows(scene.next())).containsExactly(after);
        scene.endsWith(after);
    }

    @Test
    void apply_checks_epoch_a_refresh_from_before_a_move_there_and_back_does_not_undo_what_came_between() {
        Stop late = one.onNew.stopBefore(RAISE_SECONDARY, RELAY);
        one.orders.put(order(1).with("before"));
        late.awaitReached();

        other.moveTo(Stage.NEW_PRIMARY);
        other.orders.deleteById(1);
        scene.awaitClean();
        other.moveTo(Stage.LEGACY_PRIMARY);
        late.release();

        scene.endsWith();
    }

    @Test
    void version_read_first_a_write_between_the_version_and_the_state_is_not_taken_for_the_older_version() {
        Stop reading = one.onLegacy.stopBefore(READ_STATE, RELAY);
        one.orders.put(order(1).with("first"));
        reading.awaitReached();
        Stop late = other.onNew.stopBefore(RAISE_SECONDARY, RELAY);
        Order second = order(1).with("first").with("second");
        other.orders.put(second);
        late.awaitReached();

        reading.release();
        await().atMost(Scene.PATIENCE).until(() -> rows(scene.next()).contains(second));
        late.release();

        scene.endsWith(second);
    }

    @Test
    void version_read_again_a_write_between_the_state_and_the_second_look_is_refreshed_too() {
        Stop read = one.onLegacy.stopAfter(READ_STATE, RELAY);
        one.orders.put(order(1).with("first"));
        read.awaitReached();
        other.orders.deleteById(1);
        await().atMost(Scene.PATIENCE).until(() -> rows(scene.next()).isEmpty());

        read.release();

        scene.endsWith();
    }

    @Test
    void version_read_first_a_delete_between_the_version_and_the_state_does_not_park_the_key() {
        Stop reading = one.onLegacy.stopAfter(READ_VERSIONS, RELAY);
        one.orders.put(order(1).with("first"));
        reading.awaitReached();
        other.orders.deleteById(1);

        reading.release();

        scene.awaitClean();
        assertThat(one.service.migration.parkedKeys().list(1)).isEmpty();
        scene.endsWith();
    }

    @Test
    void acknowledged_by_version_what_was_written_after_the_refresh_read_stays_dirty() {
        Stop late = one.onLegacy.stopBefore(ACKNOWLEDGE, RELAY);
        one.orders.put(order(1).with("first"));
        late.awaitReached();
        Order second = order(1).with("first").with("second");
        other.onLegacy.afterOn(Thread.currentThread(), "COMMIT", other::kill);
        assertThatThrownBy(() -> other.orders.put(second)).isInstanceOf(Exception.class);

        Stop before = one.onNew.stopBefore(RAISE_SECONDARY, RELAY);
        late.release();

        // Acknowledged up to the first, so it is refreshed again, by the only one who is left.
        before.awaitReached();
        assertThat(rows(scene.next())).containsExactly(order(1).with("first"));
        assertThat(scene.isClean()).isFalse();
        before.release();
        scene.endsWith(second);
    }

    @Test
    void mark_stays_with_its_primary_a_copy_from_before_a_handover_marks_nothing_after_it() {
        CopyRun copy = one.service.migration.copy(Orders.class);
        other.moveTo(Stage.NEW_PRIMARY);

        assertThatThrownBy(() -> copy.mark(List.of(1L, 2L)))
                .isInstanceOf(MigrationException.class)
                .hasMessageContaining("epoch 2");
        assertThat(Scene.ledgerRows(scene.next())).isEqualTo(1);
        scene.endsWith(order(1));
    }

    @Test
    void release_checks_pending_a_mark_between_the_drain_and_the_release_aborts_the_move() throws Exception {
        Stop prepare = one.onNew.stopBefore(lockFence(), CONTROLLER);
        List<Stop> aborts = stopAborts(one, other);
        Meanwhile<MoveResult> move = move(one, Stage.NEW_PRIMARY);
        prepare.awaitReached();
        await().atMost(Scene.PATIENCE)
                .until(() -> other.service.migration.status().moving());
        Stop refresh = other.onNew.stopBefore(RAISE_SECONDARY, RELAY);

        other.service.migration.copy(Orders.class).mark(List.of(1L));
        refresh.awaitReached();
        prepare.release();

        assertThat(move.result()).isInstanceOf(MoveResult.Aborted.class);
        aborts.forEach(Stop::release);
        refresh.release();
        scene.awaitClean();
        assertThat(Scene.number(scene.next(), "SELECT count(*) FROM crossfade_fence WHERE role = 'PRIMARY'"))
                .isZero();
        one.orders.put(order(2));
        scene.endsWith(order(1), order(2));
    }

    @Test
    void abort_compares_a_move_that_was_released_is_not_given_up_by_an_instance_that_waited_too_long() {
        Stop prepare = one.onNew.stopBefore(lockFence(), CONTROLLER);
        Stop ownAbort = one.onLegacy.stopBefore(lockFence(), FENCE);
        Stop abort = other.onLegacy.stopBefore(lockFence(), FENCE);
        Meanwhile<MoveResult> move = move(one, Stage.NEW_PRIMARY);
        prepare.awaitReached();
        // Both take the move for abandoned after some seconds.
        ownAbort.awaitReached();
        abort.awaitReached();

        prepare.release();
        assertThat(move.result()).isInstanceOf(MoveResult.Moved.class);
        ownAbort.release();
        abort.release();

        await().atMost(Scene.PATIENCE).until(() -> other.stage() == Stage.NEW_PRIMARY);
        other.orders.put(order(2));
        assertThat(rows(scene.next())).containsExactly(order(1), order(2));
        scene.endsWith(order(1), order(2));
    }

    @Test
    void prepare_compares_a_preparation_of_a_move_given_up_does_not_touch_the_primary_of_a_later_one() {
        Stop prepare = one.onNew.stopBefore(lockFence(), CONTROLLER);
        Stop keeper = one.onLegacy.stopBefore(lockFence(), FENCE);
        Meanwhile<MoveResult> stuck = move(one, Stage.NEW_PRIMARY);
        prepare.awaitReached();
        // Either keeper gives the move up; then another one moves, and nothing else.
        await().atMost(Scene.PATIENCE)
                .until(() -> !other.service.migration.status().moving()
                        && other.service.migration.status().epoch() > 3);
        await().atMost(Scene.PATIENCE)
                .until(() -> other.service
                        .migration
                        .moveTo(Stage.NEW_PRIMARY, OrdersMigration.ALICE)
                        .moved());
        other.orders.put(order(2));

        prepare.release();
        keeper.release();

        assertThat(stuck.result().moved()).isFalse();
        other.orders.put(order(3));
        assertThat(rows(scene.next())).containsExactly(order(1), order(2), order(3));
        scene.endsWith(order(1), order(2), order(3));
    }

    @Test
    void grant_follows_release_a_new_side_that_is_only_prepared_takes_no_writes() {
        Stop release = new Stop("before the release");
        one.onLegacy.atCommitOf("UPDATE crossfade_fence", 2, Moment.BEFORE, release::pass);
        Meanwhile<MoveResult> move = move(one, Stage.NEW_PRIMARY);
        release.awaitReached();
        Meanwhile<Boolean> write = meanwhile(() -> {
            other.orders.put(order(2));
            return true;
        });
        await().atMost(Scene.PATIENCE).until(() -> other.onLegacy.count("SELECT") > 0);
        assertThat(rows(scene.next())).containsExactly(order(1));

        release.release();

        assertThat(move.result()).isInstanceOf(MoveResult.Moved.class);
        assertThat(write.result()).isTrue();
        scene.endsWith(order(1), order(2));
    }

    @Test
    void an_instance_that_starts_while_the_primary_moves_sees_which_side_it_is() {
        one.moveTo(Stage.NEW_PRIMARY);
        HookedPool onNew = new HookedPool(scene.next().dataSource());
        // After it has seen that legacy is the secondary, and before it asks the other side.
        onNew.before(READ_FENCE, () -> onNew.before(READ_FENCE, () -> one.moveTo(Stage.LEGACY_PRIMARY)));
        try (OrdersMigration starting = OrdersMigration.coordinated(
                scene.databases, scene.legacy().dataSource(), onNew.dataSource(), UnaryOperator.identity())) {
            starting.start();

            starting.orders.put(order(2));
        }
        assertThat(one.stage()).isEqualTo(Stage.LEGACY_PRIMARY);
        scene.endsWith(order(1), order(2));
    }
}
