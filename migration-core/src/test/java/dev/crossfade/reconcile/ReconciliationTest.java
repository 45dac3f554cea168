package dev.crossfade.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.crossfade.Discrepancies.Outcome;
import dev.crossfade.MigrationException;
import dev.crossfade.MoveResult;
import dev.crossfade.RepairOptions;
import dev.crossfade.WayBack;
import dev.crossfade.control.Stage;
import dev.crossfade.event.MigrationEvent.ReconciliationEnded;
import dev.crossfade.event.MigrationEvent.ReconciliationStarted;
import dev.crossfade.run.Brake;
import dev.crossfade.run.RunState;
import dev.crossfade.spi.Discrepancy;
import dev.crossfade.spi.Discrepancy.Kind;
import dev.crossfade.spi.Platform;
import dev.crossfade.testing.ManualPlatform;
import dev.crossfade.testing.Order;
import dev.crossfade.testing.Orders;
import dev.crossfade.testing.Patience;
import dev.crossfade.testing.Rig;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The reconciliation of two stores that keep their books in memory. */
class ReconciliationTest {
    private static final Duration PATIENCE = Patience.LIMIT;

    private static Order order(long id, String status) {
        return new Order(id, 7, status, null);
    }

    /** Equal stores in the stage. */
    private static Rig equal(int rows, Stage stage) {
        return equal(rows, stage, Platform.system());
    }

    private static Rig equal(int rows, Stage stage, Platform platform) {
        Rig rig = Rig.built(builder -> builder.platform(platform));
        for (long id = 1; id <= rows; id++) {
            rig.legacy.rows.put(id, order(id, "open"));
            rig.next.rows.put(id, order(id, "open"));
        }
        rig.migration.start();
        rig.walkTo(stage);
        return rig;
    }

    private static Reconciliation reconciliation(Rig rig) {
        Reconciliation reconciliation = rig.migration.reconciliation(Orders.class);
        reconciliation.limits(reconciliation.limits().withMaxPage(50));
        return reconciliation;
    }

    private static ReconciliationStatus run(Rig rig, Scope scope) throws InterruptedException {
        return reconciliation(rig).start(scope, Rig.ALICE).awaitEnd(PATIENCE);
    }

    private static List<Object> keys(Rig rig, Kind kind) {
        return rig.migration.reconciliation(Orders.class).report().orElseThrow().findings().stream()
                .filter(finding -> finding.kind() == kind)
                .map(finding -> finding.key().key())
                .toList();
    }

    @Test
    void what_is_missing_too_many_or_different_is_found_and_nothing_else() throws Exception {
        try (Rig rig = equal(420, Stage.LEGACY_PRIMARY)) {
            rig.next.rows.remove(7L);
            rig.next.rows.remove(420L);
            rig.next.rows.put(8L, order(8, "lost"));
            rig.next.rows.put(-5L, order(-5, "first"));
            rig.next.rows.put(999L, order(999, "last"));

            ReconciliationStatus status = run(rig, Scope.full());

            assertThat(status.state()).isEqualTo(RunState.COMPLETED);
            assertThat(status.counts()).isEqualTo(new Counts(420, 2, 2, 1, 0, 0, 0));
            assertThat(status.verdict()).isEqualTo(Verdict.DIFFERENT);
            assertThat(keys(rig, Kind.MISSING_IN_NEW)).containsExactly(7L, 420L);
            assertThat(keys(rig, Kind.MISSING_IN_LEGACY)).containsExactly(-5L, 999L);
            assertThat(keys(rig, Kind.DIFFERENT)).containsExactly(8L);
            assertThat(rig.events(ReconciliationStarted.class)).hasSize(1);
            assertThat(rig.events(ReconciliationEnded.class))
                    .singleElement()
                    .satisfies(event -> assertThat(event.report().findings()).hasSize(5));
            assertThat(rig.meters
                            .get("crossfade.reconcile.rows")
                            .tag("outcome", "missing_in_new")
                            .functionCounter()
                            .count())
                    .isEqualTo(2);
            assertThat(rig.migration.status().reconciliations())
                    .singleElement()
                    .satisfies(known -> assertThat(known.counts()).isEqualTo(status.counts()));
        }
    }

    @Test
    void while_the_service_writes_pages_wait_to_see_what_its_writes_take_unless_that_is_no_matter() throws Exception {
        try (Rig rig = equal(2_000, Stage.LEGACY_PRIMARY)) {
            rig.writeWithEveryPage();
            Reconciliation reconciliation = reconciliation(rig);
            reconciliation.start(Scope.full(), Rig.ALICE);
            await().untilAsserted(
                            () -> assertThat(reconciliation.status().brake()).isEqualTo(Brake.WRITES_SLOW));

            reconciliation.limits(reconciliation.limits().withMaxSlowdown(Double.POSITIVE_INFINITY));

            assertThat(reconciliation.awaitEnd(PATIENCE).state()).isEqualTo(RunState.COMPLETED);
        }
    }

    @Test
    void whoever_awaits_the_end_comes_after_the_listeners() throws Exception {
        CountDownLatch awaited = new CountDownLatch(1);
        AtomicBoolean early = new AtomicBoolean(true);
        try (Rig rig = Rig.at(
                Stage.LEGACY_PRIMARY,
                builder -> builder.listener(event -> {
                    if (event instanceof ReconciliationEnded) {
                        early.set(Rig.comesSoon(awaited));
                    }
                }))) {
            run(rig, Scope.full());
            awaited.countDown();
            assertThat(early).isFalse();
        }
    }

    @Test
    void it_works_in_the_other_direction_and_reads_ahead_on_two_threads() throws Exception {
        try (Rig rig = equal(300, Stage.NEW_PRIMARY)) {
            rig.legacy.rows.remove(7L);
            rig.legacy.rows.put(999L, order(999, "zombie"));
            Reconciliation reconciliation = reconciliation(rig);
            reconciliation.limits(reconciliation.limits().withThreads(2));

            assertThat(run(rig, Scope.full()).counts()).isEqualTo(new Counts(300, 1, 1, 0, 0, 0, 0));
            assertThat(keys(rig, Kind.MISSING_IN_LEGACY)).containsExactly(7L);
            assertThat(keys(rig, Kind.MISSING_IN_NEW)).containsExactly(999L);
        }
    }

    @Test
    void a_range_of_keys_and_a_sample_see_what_they_hold() throws Exception {
        try (Rig rig = equal(100, Stage.LEGACY_PRIMARY)) {
            rig.next.rows.remove(10L);
            rig.next.rows.remove(20L);
            rig.next.rows.remove(30L);
            assertThat(run(rig, Scope.keys(10L, 20L)).counts()).isEqualTo(new Counts(10, 1, 0, 0, 0, 0, 0));
            assertThat(keys(rig, Kind.MISSING_IN_NEW)).containsExactly(20L);

            assertThat(run(rig, Scope.sample(1_000)).counts()).isEqualTo(new Counts(100, 3, 0, 0, 0, 0, 0));
            Counts some = run(rig, Scope.sample(10)).counts();
            assertThat(some.compared()).isBetween(5L, 10L);
        }
    }

    @Test
    void a_window_of_time_is_refused_where_no_column_is_known() {
        try (Rig rig = equal(1, Stage.LEGACY_PRIMARY)) {
            Scope window = Scope.window("placed_at", Instant.EPOCH, Instant.EPOCH.plusSeconds(1));
            assertThatThrownBy(() -> run(rig, window))
                    .isInstanceOf(MigrationException.class)
                    .hasMessageContaining("goes by the repository, which knows no columns");
            assertThat(rig.migration.reconciliation(Orders.class).report()).isEmpty();
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Scope.window("placed_at; DROP", Instant.EPOCH, Instant.MAX));
        assertThatIllegalArgumentException().isThrownBy(() -> Scope.window("at", Instant.MAX, Instant.EPOCH));
        assertThatIllegalArgumentException().isThrownBy(() -> Scope.sample(0));
    }

    @Test
    void nothing_is_compared_where_nothing_keeps_the_stores_equal() {
        try (Rig rig = Rig.at(Stage.LEGACY_ONLY)) {
            assertThatThrownBy(() -> run(rig, Scope.full()))
                    .isInstanceOf(MigrationException.class)
                    .hasMessageContaining("Move to LEGACY_PRIMARY first");
        }
    }

    @Test
    void a_key_that_cannot_be_read_is_unknown_and_never_equal() throws Exception {
        try (Rig rig = equal(100, Stage.LEGACY_PRIMARY)) {
            rig.next.rows.put(5L, order(5, "lost"));
            rig.next.rows.put(6L, order(6, "lost"));
            rig.next.beforeRead = operation -> {
                if (operation.startsWith("find")) {
                    throw new IllegalStateException("broken");
                }
            };
            ReconciliationStatus status = run(rig, Scope.full());
            assertThat(status.counts()).isEqualTo(new Counts(100, 0, 0, 0, 0, 0, 2));
            assertThat(status.verdict()).isEqualTo(Verdict.INCOMPLETE);

            rig.next.beforeRead = operation -> {};
            assertThat(run(rig, Scope.full()).counts()).isEqualTo(new Counts(100, 0, 0, 2, 0, 0, 0));
        }
    }

    @Test
    void a_page_that_is_refused_again_and_again_fails_the_run_which_goes_on_where_it_was() throws Exception {
        try (Rig rig = equal(200, Stage.LEGACY_PRIMARY)) {
            Reconciliation reconciliation = reconciliation(rig);
            reconciliation.limits(reconciliation.limits().withMaxErrorShare(1));
            rig.next.beforeRead = operation -> {
                throw new IllegalStateException("broken");
            };
            ReconciliationStatus failed = run(rig, Scope.full());
            assertThat(failed.state()).isEqualTo(RunState.FAILED);
            assertThat(failed.verdict()).isEqualTo(Verdict.INCOMPLETE);
            assertThat(failed.reason()).contains("cannot be read (IllegalStateException)");

            rig.next.beforeRead = operation -> {};
            assertThat(reconciliation.resume(Rig.ALICE)).isTrue();
            ReconciliationStatus status = reconciliation.awaitEnd(PATIENCE);
            assertThat(status.counts()).isEqualTo(new Counts(200, 0, 0, 0, 0, 0, 0));
            assertThat(status.verdict()).isEqualTo(Verdict.CLEAN);
        }
    }

    @Test
    void a_store_that_is_down_is_waited_for() throws Exception {
        try (Rig rig = equal(200, Stage.LEGACY_PRIMARY)) {
            rig.next.beforeRead = operation -> {
                throw new SQLTransientConnectionException("down");
            };
            Reconciliation reconciliation = reconciliation(rig).start(Scope.full(), Rig.ALICE);
            await().untilAsserted(
                            () -> assertThat(reconciliation.status().brake()).isEqualTo(Brake.ERRORS));
            assertThat(reconciliation.status().verdict()).isEqualTo(Verdict.INCOMPLETE);
            assertThat(reconciliation.status().reason()).contains("SQLTransientConnectionException", "tried again");
            rig.next.beforeRead = operation -> {};
            ReconciliationStatus end = reconciliation.awaitEnd(PATIENCE);
            assertThat(end.verdict()).isEqualTo(Verdict.CLEAN);
            assertThat(end.reason()).isNull();
        }
    }

    @Test
    void keys_that_are_on_their_way_are_lagging_and_no_difference() throws Exception {
        try (Rig rig = equal(100, Stage.LEGACY_PRIMARY)) {
            rig.next.beforeWrite = operation -> {
                throw new SQLTransientConnectionException("down");
            };
            rig.orders.changeStatus(5, "paid");
            rig.orders.changeStatus(6, "paid");
            ReconciliationStatus status = run(rig, Scope.full());
            assertThat(status.counts()).isEqualTo(new Counts(100, 0, 0, 0, 0, 2, 0));
            assertThat(status.verdict()).isEqualTo(Verdict.INCOMPLETE);
            assertThat(rig.migration
                            .reconciliation(Orders.class)
                            .report()
                            .orElseThrow()
                            .text())
                    .contains("2 keys were on their way until the end and were not compared; another run settles them");
            rig.next.beforeWrite = operation -> {};
            rig.awaitClean();
            assertThat(run(rig, Scope.full()).verdict()).isEqualTo(Verdict.CLEAN);
        }
    }

    @Test
    void it_is_paused_resumed_cancelled_and_has_one_run_at_a_time() throws Exception {
        try (Rig rig = equal(100, Stage.LEGACY_PRIMARY)) {
            Reconciliation reconciliation = reconciliation(rig);
            assertThat(reconciliation.pause(Rig.ALICE)).isFalse();
            reconciliation.limits(reconciliation.limits().withThreads(0));
            reconciliation.start(Scope.full(), Rig.ALICE);
            assertThat(reconciliation.pause(Rig.ALICE)).isTrue();
            reconciliation.limits(reconciliation.limits().withThreads(1));
            reconciliation.start(Scope.sample(5), Rig.ALICE);
            assertThat(reconciliation.status().state()).isEqualTo(RunState.PAUSED);
            assertThat(reconciliation.status().scope()).isEqualTo(Scope.full());
            assertThat(reconciliation.resume(Rig.ALICE)).isTrue();
            assertThat(reconciliation.awaitEnd(PATIENCE).verdict()).isEqualTo(Verdict.CLEAN);
            assertThat(rig.events(ReconciliationStarted.class)).hasSize(1);

            reconciliation.limits(reconciliation.limits().withThreads(0));
            reconciliation.start(Scope.full(), Rig.ALICE);
            assertThat(reconciliation.cancel(Rig.ALICE)).isTrue();
            assertThat(reconciliation.cancel(Rig.ALICE)).isFalse();
            assertThat(reconciliation.awaitEnd(PATIENCE).verdict()).isEqualTo(Verdict.INCOMPLETE);
        }
    }

    /** The end of one run must not be taken for the end of the next. Time stands still: nobody waits for any to pass. */
    @Test
    @Timeout(180)
    void runs_that_follow_each_other_at_once_all_end() throws Exception {
        try (Rig rig = equal(3, Stage.LEGACY_PRIMARY, new ManualPlatform())) {
            for (int i = 0; i < 300; i++) {
                assertThat(run(rig, Scope.full()).verdict()).isEqualTo(Verdict.CLEAN);
            }
            assertThat(rig.events(ReconciliationStarted.class)).hasSize(300);
        }
    }

    @Test
    void a_schedule_begins_runs_that_do_not_overlap_until_it_is_ended() {
        try (Rig rig = equal(60, Stage.LEGACY_PRIMARY)) {
            Reconciliation reconciliation = reconciliation(rig);
            reconciliation.every(Duration.ofMillis(50), Scope.full(), Rig.ALICE);
            await().untilAsserted(() -> assertThat(rig.events(ReconciliationEnded.class))
                    .hasSizeGreaterThanOrEqualTo(3)
                    .allSatisfy(event -> assertThat(event.report().verdict()).isEqualTo(Verdict.CLEAN)));
            reconciliation.endSchedule();
            await().until(() -> rig.events(ReconciliationStarted.class).size()
                    == rig.events(ReconciliationEnded.class).size());
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> reconciliation.every(Duration.ZERO, Scope.full(), Rig.ALICE));
        }
    }

    @Test
    void the_primary_moves_only_after_a_full_reconciliation_that_was_clean_and_is_recent() throws Exception {
        try (Rig rig = Rig.built(builder -> builder.requireReconciliation(Duration.ofHours(1)))) {
            for (long id = 1; id <= 50; id++) {
                rig.legacy.rows.put(id, order(id, "open"));
            }
            rig.migration.start();
            rig.walkTo(Stage.LEGACY_PRIMARY);
            rig.copyAll();
            assertThat(rig.migration.status().reconciledWithin()).isEqualTo(Duration.ofHours(1));
            assertThat(rig.migration.check(Stage.NEW_PRIMARY, Rig.ALICE))
                    .singleElement()
                    .asString()
                    .contains("never compared in full on Order");

            run(rig, Scope.sample(100));
            assertThat(rig.migration.check(Stage.NEW_PRIMARY, Rig.ALICE)).hasSize(1);
            rig.next.rows.put(5L, order(5, "lost"));
            run(rig, Scope.full());
            assertThat(rig.migration.check(Stage.NEW_PRIMARY, Rig.ALICE))
                    .anyMatch(reason -> reason.startsWith("the last full reconciliation of Order was DIFFERENT"))
                    .anyMatch(reason -> reason.startsWith("1 discrepancies are open"));

            repaired(rig);
            assertThat(rig.migration.check(Stage.NEW_PRIMARY, Rig.ALICE)).hasSize(1);
            assertThat(run(rig, Scope.full()).verdict()).isEqualTo(Verdict.CLEAN);
            assertThat(rig.migration.moveTo(Stage.NEW_PRIMARY, Rig.ALICE)).isInstanceOf(MoveResult.Moved.class);

            // The way back asks for none.
            assertThat(rig.migration.moveTo(Stage.LEGACY_PRIMARY, Rig.ALICE)).isInstanceOf(MoveResult.Moved.class);
        }
    }

    @Test
    void the_primary_does_not_move_on_a_reconciliation_that_has_left_keys_uncompared() throws Exception {
        try (Rig rig = Rig.built(builder -> builder.requireReconciliation(Duration.ofHours(1)))) {
            rig.legacy.rows.put(5L, order(5, "open"));
            rig.migration.start();
            rig.walkTo(Stage.LEGACY_PRIMARY);
            rig.copyAll();
            rig.next.beforeWrite = operation -> {
                throw new SQLTransientConnectionException("down");
            };
            rig.orders.changeStatus(5, "paid");
            run(rig, Scope.full());
            rig.next.beforeWrite = operation -> {};
            rig.awaitClean();
            // As a write past the ledger would leave it: nobody has looked.
            rig.next.rows.put(5L, order(5, "lost"));
            assertThat(rig.migration.check(Stage.NEW_PRIMARY, Rig.ALICE))
                    .singleElement()
                    .isEqualTo(
                            "the last full reconciliation of Order was INCOMPLETE (0 keys differed, 1 were on their "
                                    + "way until the end, 0 could not be compared); settle what it has found and compare again");

            assertThat(run(rig, Scope.full()).verdict()).isEqualTo(Verdict.DIFFERENT);
        }
    }

    private static void repaired(Rig rig) {
        rig.migration.discrepancies().repair(rig.migration.discrepancies().open(10), Rig.ALICE);
        await().untilAsserted(
                        () -> assertThat(rig.migration.discrepancies().open(10)).isEmpty());
    }

    @Test
    void a_reconciliation_that_is_too_old_keeps_the_primary_where_it_is() throws Exception {
        try (Rig rig = Rig.built(builder -> builder.requireReconciliation(Duration.ofNanos(1)))) {
            rig.migration.start();
            rig.walkTo(Stage.LEGACY_PRIMARY);
            rig.copyAll();
            assertThat(run(rig, Scope.full()).verdict()).isEqualTo(Verdict.CLEAN);
            assertThat(rig.migration.check(Stage.NEW_PRIMARY, Rig.ALICE))
                    .singleElement()
                    .asString()
                    .contains("began more than PT0.000000001S ago");
        }
    }

    @Test
    void what_was_accepted_spoils_no_verdict() throws Exception {
        try (Rig rig = equal(50, Stage.LEGACY_PRIMARY)) {
            rig.next.rows.put(5L, order(5, "lost"));
            run(rig, Scope.full());
            rig.migration.discrepancies().accept(rig.migration.discrepancies().open(10), Rig.ALICE);
            ReconciliationStatus status = run(rig, Scope.full());
            assertThat(status.counts()).isEqualTo(new Counts(50, 0, 0, 0, 1, 0, 0));
            assertThat(status.verdict()).isEqualTo(Verdict.CLEAN);
        }
    }

    @Test
    void a_repair_looks_first_and_stops_before_it_touches_or_deletes_too_much() throws Exception {
        try (Rig rig = equal(300, Stage.LEGACY_PRIMARY)) {
            for (long id = 1; id <= 150; id++) {
                rig.next.rows.put(id, order(id, "lost"));
            }
            for (long id = 1_001; id <= 1_003; id++) {
                rig.next.rows.put(id, order(id, "zombie"));
            }
            run(rig, Scope.full());
            List<Discrepancy> found = rig.migration.discrepancies().open(1_000);
            assertThat(found).hasSize(153);

            Outcome tooMany = rig.migration.discrepancies().repair(found, Rig.ALICE);
            assertThat(tooMany.marked()).isZero();
            assertThat(tooMany.left()).isEqualTo(153);
            assertThat(tooMany.stopped())
                    .isEqualTo("150 keys of Order would be refreshed, more than the share of 0.01 of "
                            + "about 300 rows; look at them and raise maxShare");
            RepairOptions share = RepairOptions.DEFAULT.withMaxShare(0.51);
            Outcome deletes = rig.migration.discrepancies().repair(found, share.withMaxDeletes(2), Rig.ALICE);
            assertThat(deletes.marked()).isZero();
            assertThat(deletes.stopped()).startsWith("3 rows would be deleted, more than 2");
            Outcome dry = rig.migration.discrepancies().repair(found, share.asDryRun(), Rig.ALICE);
            assertThat(dry).isEqualTo(new Outcome(0, 150, 3, 0, null));
            assertThat(rig.next.row(5)).isEqualTo(order(5, "lost"));
            assertThat(rig.migration.discrepancies().open(1_000)).hasSize(153);

            assertThat(rig.migration.discrepancies().repair(found, share, Rig.ALICE))
                    .isEqualTo(new Outcome(0, 150, 3, 0, null));
            rig.awaitClean();
            assertThat(rig.next.row(5)).isEqualTo(order(5, "open"));
            assertThat(rig.next.row(1_001)).isNotNull();
            assertThat(rig.migration.discrepancies().repair(found, share.withMaxDeletes(3), Rig.ALICE))
                    .isEqualTo(new Outcome(0, 3, 0, 0, null));
            rig.awaitClean();
            assertThat(rig.next.rows).isEqualTo(rig.legacy.rows);
        }
    }

    @Test
    void a_difference_found_in_another_epoch_is_recorded_anew_and_not_repaired() throws Exception {
        try (Rig rig = equal(50, Stage.NEW_PRIMARY)) {
            rig.legacy.rows.put(5L, order(5, "lost"));
            run(rig, Scope.full());
            Discrepancy before = rig.migration.discrepancies().open(10).get(0);
            rig.migration.discrepancies().accept(List.of(before), Rig.ALICE);
            assertThat(rig.migration.moveTo(Stage.LEGACY_PRIMARY, Rig.ALICE).moved())
                    .isTrue();

            assertThat(rig.migration.discrepancies().repair(List.of(before), Rig.ALICE))
                    .isEqualTo(new Outcome(0, 0, 1, 0, null));
            assertThat(rig.next.row(5)).isEqualTo(order(5, "open"));
        }
    }

    @Test
    void a_resync_refreshes_what_the_primary_has_without_comparing() throws Exception {
        try (Rig rig = equal(100, Stage.LEGACY_PRIMARY)) {
            rig.next.rows.remove(11L);
            rig.next.rows.put(20L, order(20, "lost"));
            rig.next.rows.put(30L, order(30, "lost"));
            rig.next.rows.put(1_000L, order(1_000, "zombie"));
            assertThat(reconciliation(rig).resync(Scope.keys(10L, 20L), Rig.ALICE))
                    .isEqualTo(10);
            rig.awaitClean();
            assertThat(rig.next.row(11)).isEqualTo(order(11, "open"));
            assertThat(rig.next.row(20)).isEqualTo(order(20, "open"));
            assertThat(rig.next.row(30)).isEqualTo(order(30, "lost"));
            assertThat(reconciliation(rig).resync(Scope.full(), Rig.ALICE)).isEqualTo(100);
            rig.awaitClean();
            assertThat(rig.next.row(30)).isEqualTo(order(30, "open"));
            assertThat(rig.next.row(1_000)).isNotNull();
        }
    }

    @Test
    void the_way_back_is_rehearsed_without_a_move() throws Exception {
        try (Rig rig = equal(5, Stage.NEW_PRIMARY)) {
            WayBack open = rig.migration.rehearseWayBack(Rig.ALICE);
            assertThat(open.isOpen()).isTrue();
            assertThat(open.to()).isEqualTo(Stage.LEGACY_PRIMARY);

            rig.legacy.rows.remove(3L);
            run(rig, Scope.full());
            rig.legacy.beforeWrite = operation -> {
                throw new IllegalStateException("refused");
            };
            rig.orders.changeStatus(5, "paid");
            await().untilAsserted(() -> assertThat(
                            rig.migration.rehearseWayBack(Rig.ALICE).refused())
                    .isEqualTo(1));
            WayBack closed = rig.migration.rehearseWayBack(Rig.ALICE);
            assertThat(closed.dirty()).isEqualTo(1);
            assertThat(closed.discrepancies().open()).isEqualTo(1);
            assertThat(closed.obstacles()).isNotEmpty();
            assertThat(closed.text())
                    .startsWith("The way back of migration orders from NEW_PRIMARY to LEGACY_PRIMARY is not open")
                    .contains("1 keys dirty", "1 refused, 1 discrepancies open", "1 discrepancies are open; repair");
            assertThat(rig.migration.status().stage()).isEqualTo(Stage.NEW_PRIMARY);
        }
        try (Rig rig = Rig.at(Stage.LEGACY_ONLY)) {
            assertThatThrownBy(() -> rig.migration.rehearseWayBack(Rig.ALICE))
                    .isInstanceOf(MigrationException.class)
                    .hasMessageContaining("no way back to rehearse");
        }
    }

    @Test
    void closing_ends_its_threads() {
        Rig rig = equal(100, Stage.LEGACY_PRIMARY);
        Reconciliation reconciliation = reconciliation(rig);
        reconciliation.limits(reconciliation.limits().withRowsPerSecond(1));
        reconciliation.start(Scope.full(), Rig.ALICE).every(Duration.ofSeconds(1), Scope.full(), Rig.ALICE);
        rig.close();
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().contains("orders-reconciliation-")));
        assertThatThrownBy(() -> reconciliation.start(Scope.full(), Rig.ALICE))
                .isInstanceOf(MigrationException.class)
                .hasMessageContaining("closed");
    }
}
