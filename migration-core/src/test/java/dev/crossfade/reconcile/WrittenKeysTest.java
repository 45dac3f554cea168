package dev.crossfade.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.crossfade.MoveResult;
import dev.crossfade.control.Stage;
import dev.crossfade.event.MigrationEvent.ReconciliationEnded;
import dev.crossfade.run.RunState;
import dev.crossfade.spi.Discrepancy;
import dev.crossfade.spi.Discrepancy.Kind;
import dev.crossfade.spi.Platform;
import dev.crossfade.testing.Order;
import dev.crossfade.testing.Orders;
import dev.crossfade.testing.Patience;
import dev.crossfade.testing.Rig;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The reconciliation of what was written lately, of two stores that keep their books in memory. */
class WrittenKeysTest {
    private static final Duration PATIENCE = Patience.LIMIT;
    private static final Duration HOUR = Duration.ofHours(1);

    private final Calendar calendar = new Calendar();

    /** Waits as everybody does, while the time of day is moved by hand. */
    private static final class Calendar implements Platform {
        private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");

        void advance(Duration time) {
            now = now.plus(time);
        }

        @Override
        public Instant now() {
            return now;
        }

        @Override
        public long nanoTime() {
            return Platform.system().nanoTime();
        }

        @Override
        public Worker spawn(String name, Runnable body) {
            return Platform.system().spawn(name, body);
        }

        @Override
        public Signal newSignal() {
            return Platform.system().newSignal();
        }

        @Override
        public RandomGenerator random() {
            return Platform.system().random();
        }
    }

    private static Order order(long id, String status) {
        return new Order(id, 7, status, null);
    }

    private Rig dual(int rows) {
        return dual(rows, 100_000);
    }

    private Rig dual(int rows, int ledgerCapacity) {
        Rig rig = Rig.built(builder -> builder.platform(calendar).ledgerCapacity(ledgerCapacity));
        for (long id = 1; id <= rows; id++) {
            rig.legacy.rows.put(id, order(id, "open"));
            rig.next.rows.put(id, order(id, "open"));
        }
        rig.migration.start();
        rig.walkTo(Stage.LEGACY_PRIMARY);
        calendar.advance(HOUR.plus(Scope.Written.MARGIN).plusMillis(1));
        return rig;
    }

    private static Reconciliation reconciliation(Rig rig) {
        return rig.migration.reconciliation(Orders.class);
    }

    private static ReconciliationReport run(Rig rig) throws InterruptedException {
        reconciliation(rig).start(Scope.writtenInTheLast(HOUR), Rig.ALICE).awaitEnd(PATIENCE);
        return reconciliation(rig).report().orElseThrow();
    }

    private static Map<Object, Kind> found(ReconciliationReport report) {
        return report.findings().stream()
                .collect(Collectors.toMap(one -> one.key().key(), Discrepancy::kind));
    }

    private static void spoil(Rig rig, long... orders) {
        for (long id : orders) {
            rig.next.rows.put(id, order(id, "lost"));
        }
    }

    @Test
    void keys_written_lately_are_compared_and_no_others() throws Exception {
        try (Rig rig = dual(10)) {
            rig.orders.changeStatus(1, "paid");
            rig.orders.changeStatus(2, "paid");
            rig.awaitClean();
            calendar.advance(HOUR.plus(Scope.Written.MARGIN).plusMillis(1));
            rig.orders.changeStatus(2, "sent");
            rig.orders.changeStatus(3, "paid");
            rig.orders.deleteById(4);
            rig.awaitClean();
            spoil(rig, 1, 2, 4, 5);

            ReconciliationReport report = run(rig);

            assertThat(report.counts()).isEqualTo(new Counts(3, 0, 1, 1, 0, 0, 0));
            assertThat(found(report)).isEqualTo(Map.of(2L, Kind.DIFFERENT, 4L, Kind.MISSING_IN_LEGACY));
            assertThat(report.text()).contains("scope written PT1H, by");
        }
    }

    @Test
    void it_reaches_back_a_minute_further_and_a_run_that_goes_on_as_far_as_when_it_began() throws Exception {
        try (Rig rig = dual(10)) {
            rig.orders.changeStatus(1, "paid");
            rig.awaitClean();
            spoil(rig, 1);
            calendar.advance(HOUR.plus(Scope.Written.MARGIN));
            Reconciliation reconciliation = reconciliation(rig);
            reconciliation.limits(reconciliation.limits().withThreads(0));
            reconciliation.start(Scope.writtenInTheLast(HOUR), Rig.ALICE);
            calendar.advance(HOUR);
            reconciliation.limits(reconciliation.limits().withThreads(1));
            assertThat(reconciliation.awaitEnd(PATIENCE).counts()).isEqualTo(new Counts(1, 0, 0, 1, 0, 0, 0));

            ReconciliationReport later = run(rig);
            assertThat(later.counts()).isEqualTo(Counts.NONE);
            assertThat(later.verdict()).isEqualTo(Verdict.CLEAN);
        }
    }

    @Test
    void a_failed_page_is_compared_again_and_no_key_twice() throws Exception {
        try (Rig rig = dual(1_100)) {
            for (long id = 1; id <= 1_100; id++) {
                rig.orders.changeStatus(id, "paid");
            }
            rig.awaitClean();
            spoil(rig, 5, 1_090);
            AtomicInteger finds = new AtomicInteger();
            rig.next.beforeRead = operation -> {
                if (operation.equals("findById") && finds.incrementAndGet() == 700) {
                    throw new SQLTransientConnectionException("down");
                }
            };
            ReconciliationReport report = run(rig);
            assertThat(finds).hasValueGreaterThan(1_100);
            assertThat(report.counts()).isEqualTo(new Counts(1_100, 0, 0, 2, 0, 0, 0));
        }
    }

    @Test
    void keys_that_are_on_their_way_are_lagging_and_no_difference() throws Exception {
        try (Rig rig = dual(10)) {
            rig.next.beforeWrite = operation -> {
                throw new SQLTransientConnectionException("down");
            };
            rig.orders.changeStatus(5, "paid");
            assertThat(run(rig).counts()).isEqualTo(new Counts(1, 0, 0, 0, 0, 1, 0));
            rig.next.beforeWrite = operation -> {};
            rig.awaitClean();
        }
    }

    @Test
    void a_ledger_that_has_forgotten_keys_fails_the_run_instead_of_passing_them_over() throws Exception {
        try (Rig rig = dual(10, 5)) {
            for (long id = 1; id <= 6; id++) {
                rig.orders.changeStatus(id, "paid");
                rig.awaitClean();
            }
            ReconciliationReport report = run(rig);
            assertThat(report.state()).isEqualTo(RunState.FAILED);
            assertThat(report.verdict()).isEqualTo(Verdict.INCOMPLETE);
            assertThat(report.reason()).contains("has forgotten keys").contains("compare in full");
        }
    }

    @Test
    void what_was_written_before_both_sides_were_is_not_passed_over() throws Exception {
        try (Rig rig = dual(10)) {
            assertThat(rig.migration.moveTo(Stage.LEGACY_ONLY, Rig.ALICE)).isInstanceOf(MoveResult.Moved.class);
            rig.orders.changeStatus(3, "paid");
            rig.walkTo(Stage.LEGACY_PRIMARY);
            calendar.advance(HOUR.plus(Scope.Written.MARGIN));
            assertThat(run(rig).reason()).contains("has forgotten keys");
            calendar.advance(Duration.ofMillis(1));
            assertThat(run(rig).verdict()).isEqualTo(Verdict.CLEAN);
        }
    }

    @Test
    void a_schedule_compares_what_was_written_lately_and_refuses_to_reach_back_less_far_than_it_is_apart() {
        try (Rig rig = dual(10)) {
            rig.orders.changeStatus(3, "paid");
            Reconciliation reconciliation = reconciliation(rig);
            reconciliation.every(Duration.ofMillis(20), Scope.writtenInTheLast(HOUR), Rig.ALICE);
            await().untilAsserted(() -> assertThat(rig.events(ReconciliationEnded.class))
                    .hasSizeGreaterThanOrEqualTo(2)
                    .allSatisfy(event ->
                            assertThat(event.report().counts().compared()).isEqualTo(1)));
            reconciliation.endSchedule();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> reconciliation.every(HOUR, Scope.writtenInTheLast(HOUR.minusNanos(1)), Rig.ALICE))
                    .withMessageContaining("leaves out some");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> reconciliation.resync(Scope.writtenInTheLast(HOUR), Rig.ALICE));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> Scope.writtenInTheLast(Duration.ZERO));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Scope.writtenInTheLast(Scope.Written.MAX_TIME.plusNanos(1)));
    }
}
