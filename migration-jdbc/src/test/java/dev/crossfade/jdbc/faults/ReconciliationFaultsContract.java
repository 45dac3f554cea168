package dev.crossfade.jdbc.faults;

import static dev.crossfade.jdbc.faults.Scene.execute;
import static dev.crossfade.jdbc.faults.Scene.number;
import static dev.crossfade.jdbc.orders.OrdersMigration.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.orders.Orders;
import dev.crossfade.reconcile.Counts;
import dev.crossfade.reconcile.Reconciliation;
import dev.crossfade.reconcile.ReconciliationStatus;
import dev.crossfade.reconcile.Scope;
import dev.crossfade.reconcile.Verdict;
import dev.crossfade.run.RunState;
import dev.crossfade.spi.Discrepancy;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A reconciliation while instances die, the primary moves and rows change between its looks. */
abstract class ReconciliationFaultsContract extends FaultContract {
    private static final String RECONCILIATION = "-reconciliation-";
    private static final String PAGE = "FROM orders WHERE id >";
    private static final int SMALL = 20;

    private void sameRows(int count) {
        String values = LongStream.rangeClosed(1, count)
                .mapToObj("(%1$d, 'n%1$d', 'open', 1)"::formatted)
                .collect(Collectors.joining(", "));
        for (var database : scene.databases.both()) {
            execute(database, "INSERT INTO orders (id, number, status, steps) VALUES " + values);
        }
    }

    private static Reconciliation reconciliation(Instance instance) {
        Reconciliation reconciliation = instance.service.migration.reconciliation(Orders.class);
        reconciliation.limits(reconciliation.limits().withMaxPage(SMALL));
        return reconciliation;
    }

    private static Reconciliation started(Instance instance) {
        return reconciliation(instance).start(Scope.full(), ALICE);
    }

    private static ReconciliationStatus completed(Reconciliation reconciliation) throws InterruptedException {
        ReconciliationStatus status = reconciliation.awaitEnd(Scene.PATIENCE);
        assertThat(status.state()).as(status.toString()).isEqualTo(RunState.COMPLETED);
        return status;
    }

    private static List<Object> found(Instance instance) {
        return instance.service.migration.discrepancies().open(100).stream()
                .map(one -> one.key().key())
                .toList();
    }

    @Test
    void another_instance_goes_on_after_the_last_page_of_a_killed_one() throws Exception {
        sameRows(100);
        execute(scene.next(), "UPDATE orders SET status = 'lost' WHERE id IN (5, 95)");
        Instance killed = scene.startDual();
        killed.onNew.atCommitOf("SET position_key", 3, Points.Moment.AFTER, killed::kill);
        started(killed);
        await().atMost(Scene.PATIENCE)
                .until(() ->
                        number(scene.next(), "SELECT max(compared) FROM crossfade_consistency_audit") == 3 * SMALL);
        Instance other = scene.start(scene.setup());
        Reconciliation goesOn = started(other);
        execute(scene.next(), "UPDATE crossfade_consistency_audit SET lease_until = '2001-01-01 00:00:00'");

        assertThat(completed(goesOn).counts()).isEqualTo(new Counts(100, 0, 0, 2, 0, 0, 0));
        assertThat(found(other)).containsExactlyInAnyOrder(5L, 95L);
        assertThat(number(scene.next(), "SELECT count(*) FROM crossfade_consistency_audit"))
                .isEqualTo(1);
    }

    @Test
    void a_page_of_an_instance_that_was_taken_over_counts_nothing() throws Exception {
        sameRows(50);
        Instance late = scene.startDual();
        Stop asleep = late.onNew.stopBefore(PAGE, RECONCILIATION);
        started(late);
        asleep.awaitReached();
        Instance other = scene.start(scene.setup());
        Reconciliation goesOn = started(other);
        execute(scene.next(), "UPDATE crossfade_consistency_audit SET lease_until = '2001-01-01 00:00:00'");
        assertThat(completed(goesOn).counts()).isEqualTo(new Counts(50, 0, 0, 0, 0, 0, 0));
        asleep.release();
        late.close();
        assertThat(goesOn.status().counts()).isEqualTo(new Counts(50, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void rows_that_change_between_the_looks_at_both_sides_are_no_difference() throws Exception {
        sameRows(30);
        Instance one = scene.startDual();
        Stop readOnPrimary = one.onNew.stopBefore(PAGE, RECONCILIATION);
        Reconciliation reconciliation = started(one);
        readOnPrimary.awaitReached();
        one.orders.step(3);
        one.orders.deleteById(4);
        one.orders.put(order(77));
        scene.awaitClean();
        readOnPrimary.release();

        ReconciliationStatus status = completed(reconciliation);
        assertThat(status.verdict()).isEqualTo(Verdict.CLEAN);
        assertThat(status.counts().findings()).isZero();
        assertThat(status.counts().lagging()).isZero();
    }

    @Test
    void a_scheduled_run_that_was_cancelled_is_made_up_for() throws Exception {
        sameRows(10);
        Reconciliation reconciliation = reconciliation(scene.startDual());
        reconciliation.limits(reconciliation.limits().withThreads(0));
        reconciliation.start(Scope.full(), ALICE);
        assertThat(reconciliation.cancel(ALICE)).isTrue();
        execute(scene.next(), "UPDATE crossfade_consistency_audit SET started_at = started_at - INTERVAL '30' MINUTE");
        reconciliation.limits(reconciliation.limits().withThreads(1));
        reconciliation.every(Duration.ofHours(1), Scope.full(), ALICE);

        await().atMost(Scene.PATIENCE).until(() -> reconciliation.status().state() == RunState.COMPLETED);
        assertThat(number(scene.next(), "SELECT count(*) FROM crossfade_consistency_audit"))
                .isEqualTo(2);
    }

    @Test
    void a_handover_in_its_midst_turns_it_round_and_voids_nothing() throws Exception {
        sameRows(100);
        execute(scene.next(), "UPDATE orders SET status = 'lost' WHERE id = 95");
        Instance one = scene.startDual();
        Scene.declareCopied(one);
        Reconciliation reconciliation = reconciliation(one);
        one.onNew.atCommitOf(
                "SET position_key",
                2,
                Points.Moment.AFTER,
                () -> reconciliation.limits(reconciliation.limits().withThreads(0)));
        reconciliation.start(Scope.full(), ALICE);
        await().atMost(Scene.PATIENCE)
                .until(() -> reconciliation.status().counts().compared() == 2 * SMALL);
        one.moveTo(Stage.NEW_PRIMARY);
        reconciliation.limits(reconciliation.limits().withThreads(2));

        assertThat(completed(reconciliation).counts()).isEqualTo(new Counts(100, 0, 0, 1, 0, 0, 0));
        Discrepancy found = one.service.migration.discrepancies().open(2).get(0);
        assertThat(found.finding().epoch())
                .isEqualTo(one.service.migration.status().epoch());
        one.service.migration.discrepancies().repair(List.of(found), ALICE);
        // What the primary has is right, whichever side it is.
        await().atMost(Scene.PATIENCE)
                .until(() -> number(scene.legacy(), "SELECT count(*) FROM orders WHERE status = 'lost'") == 1);
    }

    @Test
    void a_raised_generation_voids_it_and_its_verdict() throws Exception {
        sameRows(10);
        Instance one =
                scene.startDual(scene.setup().change(builder -> builder.requireReconciliation(Duration.ofHours(1))));
        Scene.declareCopied(one);
        assertThat(completed(started(one)).verdict()).isEqualTo(Verdict.CLEAN);
        assertThat(one.service.migration.check(Stage.NEW_PRIMARY, ALICE)).isEmpty();

        one.service.migration.recovery().raiseGeneration(ALICE);
        await().atMost(Scene.PATIENCE).until(() -> reconciliation(one).status().state() == RunState.VOID);
        assertThat(one.service.migration.check(Stage.NEW_PRIMARY, ALICE))
                .anyMatch(reason -> reason.contains("never compared in full"));
    }

    @Test
    void two_instances_that_begin_at_once_share_one_run() throws Exception {
        sameRows(60);
        Instance one = scene.startDual();
        Instance other = scene.start(scene.setup());
        Meanwhile<ReconciliationStatus> there = meanwhile(() -> completed(started(other)));
        completed(started(one));
        there.result();
        assertThat(number(
                        scene.next(),
                        "SELECT count(*) FROM crossfade_consistency_audit WHERE compared <> 60 OR verdict <> 'CLEAN'"))
                .isZero();
    }
}
