package dev.crossfade.jdbc.faults;

import static dev.crossfade.jdbc.faults.Scene.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.crossfade.MigrationStatus;
import dev.crossfade.MoveResult;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.faults.Points.Moment;
import dev.crossfade.jdbc.orders.Order;
import dev.crossfade.jdbc.orders.OrdersMigration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An instance that is killed between two steps: the other one ends what it began, or nothing of it has happened. */
abstract class KilledInstanceContract extends FaultContract {
    private static final String RELAY = "relay";

    private Instance doomed;
    private Instance heir;

    @BeforeEach
    void start() {
        doomed = scene.startDual();
        Scene.declareCopied(doomed);
        heir = scene.start(scene.setup());
        doomed.orders.put(order(1));
        scene.awaitClean();
    }

    @Test
    void killed_after_the_commit_of_the_primary_its_key_is_dirty_and_arrives() {
        Order paid = order(1).with("paid");
        doomed.onLegacy.afterOn(Thread.currentThread(), "COMMIT", doomed::kill);

        assertThatThrownBy(() -> doomed.orders.put(paid)).isInstanceOf(Exception.class);

        assertThat(rows(scene.legacy())).containsExactly(paid);
        assertThat(rows(scene.next())).containsExactly(order(1));
        assertThat(scene.isClean()).isFalse();
        scene.endsWith(paid);
    }

    @Test
    void killed_before_the_commit_of_the_primary_nothing_is_dirty_and_nothing_changes() {
        doomed.onLegacy.beforeOn(Thread.currentThread(), "COMMIT", doomed::kill);

        assertThatThrownBy(() -> doomed.orders.put(order(1).with("paid"))).isInstanceOf(Exception.class);

        assertThat(scene.isClean()).isTrue();
        scene.endsWith(order(1));
    }

    @Test
    void killed_after_the_secondary_was_written_and_before_that_was_noted_nothing_is_written_twice() {
        Order paid = order(1).with("paid");
        doomed.onNew.afterOn(RELAY, "COMMIT", doomed::kill);

        doomed.orders.put(paid);

        await().atMost(Scene.PATIENCE).until(() -> rows(scene.next()).contains(paid));
        long before = writes(heir);
        scene.awaitClean();
        assertThat(writes(heir)).isEqualTo(before);
        scene.endsWith(paid);
    }

    private static long writes(Instance instance) {
        return instance.onNew.count("INSERT INTO orders") + instance.onNew.count("UPDATE orders");
    }

    @Test
    void a_controller_killed_after_the_drain_loses_to_an_abort() {
        doomed.onLegacy.atCommitOf("UPDATE crossfade_fence", 1, Moment.AFTER, doomed::kill);
        endsAt(Stage.LEGACY_PRIMARY);
    }

    @Test
    void a_controller_killed_after_the_new_side_was_prepared_loses_to_an_abort() {
        doomed.onNew.atCommitOf("UPDATE crossfade_fence", 1, Moment.AFTER, doomed::kill);
        endsAt(Stage.LEGACY_PRIMARY);
    }

    @Test
    void a_controller_killed_before_the_release_is_committed_loses_to_an_abort() {
        doomed.onLegacy.atCommitOf("UPDATE crossfade_fence", 2, Moment.BEFORE, doomed::kill);
        endsAt(Stage.LEGACY_PRIMARY);
    }

    @Test
    void a_controller_killed_after_the_release_is_finished_by_another() {
        doomed.onLegacy.atCommitOf("UPDATE crossfade_fence", 2, Moment.AFTER, doomed::kill);
        endsAt(Stage.NEW_PRIMARY);
    }

    /** The secondary is in the new generation then, and takes nothing of the old one. */
    @Test
    void a_raise_of_the_generation_that_was_killed_half_way_keeps_the_primary_where_it_is_until_it_is_made_again()
            throws Exception {
        doomed.onLegacy.beforeOn(Thread.currentThread(), "UPDATE crossfade_fence", doomed::kill);
        assertThatThrownBy(() -> doomed.service.migration.recovery().raiseGeneration(OrdersMigration.ALICE))
                .hasMessageContaining("Call it again");
        Order paid = order(1).with("paid");
        heir.orders.put(paid);

        assertThat(heir.service.migration.check(Stage.NEW_PRIMARY, OrdersMigration.ALICE))
                .anyMatch(reason -> reason.contains("raise of the generation was not finished"));
        assertThat(heir.service.migration.moveTo(Stage.NEW_PRIMARY, OrdersMigration.ALICE))
                .isInstanceOf(MoveResult.Refused.class);
        assertThat(scene.isClean()).isFalse();

        heir.service.migration.recovery().raiseGeneration(OrdersMigration.ALICE);
        scene.awaitClean();
        assertThat(heir.service.migration.check(Stage.NEW_PRIMARY, OrdersMigration.ALICE))
                .noneMatch(reason -> reason.contains("raise of the generation"));
        scene.endsWith(paid);
    }

    /** Moves with the doomed instance, which dies on the way; the other one goes on, there. */
    private void endsAt(Stage stage) {
        long epoch = heir.service.migration.status().epoch();
        Meanwhile<?> move = meanwhile(() -> doomed.service.migration.moveTo(Stage.NEW_PRIMARY, OrdersMigration.ALICE));
        await().atMost(Scene.PATIENCE).until(() -> isOver(heir.service.migration.status(), epoch));
        assertThat(heir.stage()).isEqualTo(stage);

        heir.orders.put(order(2));
        assertThat(rows(stage == Stage.NEW_PRIMARY ? scene.next() : scene.legacy()))
                .containsExactly(order(1), order(2));
        scene.awaitClean();
        // The dead one's heartbeat keeps the next move waiting, until it counts as gone.
        await().atMost(Scene.PATIENCE)
                .until(() -> heir.service
                        .migration
                        .moveTo(
                                stage == Stage.NEW_PRIMARY ? Stage.LEGACY_PRIMARY : Stage.NEW_PRIMARY,
                                OrdersMigration.ALICE)
                        .moved());
        heir.orders.put(order(3));
        await().atMost(Scene.PATIENCE).until(move.done()::isDone);
        scene.endsWith(order(1), order(2), order(3));
    }

    private static boolean isOver(MigrationStatus status, long epochBefore) {
        return status.epoch() > epochBefore && !status.moving();
    }
}
