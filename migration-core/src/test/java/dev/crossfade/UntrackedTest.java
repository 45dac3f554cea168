package dev.crossfade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import dev.crossfade.control.ManualControl;
import dev.crossfade.control.Stage;
import dev.crossfade.event.MigrationEvent.CopyCompleted;
import dev.crossfade.event.MigrationEvent.WritesUntracked;
import dev.crossfade.testing.LogCapture;
import dev.crossfade.testing.Order;
import dev.crossfade.testing.Orders;
import dev.crossfade.testing.Patience;
import dev.crossfade.testing.Rig;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where the ledger may lack a key, everything that relies on it waits until all keys have been copied again. */
@Timeout(180)
class UntrackedTest {
    private final CountDownLatch release = new CountDownLatch(1);
    private Rig rig = Rig.built(b -> {});

    @AfterEach
    void close() {
        release.countDown();
        rig.close();
    }

    private static Order order(long id) {
        return new Order(id, 7, "new", null);
    }

    private void overflow() {
        rig = Rig.at(Stage.LEGACY_PRIMARY, b -> b.ledgerCapacity(4).relay(relay -> relay.inlineWait(Duration.ZERO)));
        rig.copyAll();
        rig.control.readNewPercent(100);
        rig.next.beforeWrite = operation -> release.await();
        for (long id = 1; id <= 7; id++) {
            rig.orders.put(order(id));
        }
    }

    @Test
    void a_full_ledger_refuses_no_write_and_is_told_once() {
        try (LogCapture log = LogCapture.begin()) {
            overflow();
            assertThat(rig.legacy.rows).hasSize(7);
            assertThat(rig.migration.status().ledger().dirty()).isEqualTo(4);
            assertThat(rig.migration.status().ledger().untracked()).isEqualTo(3);
            assertThat(rig.events(WritesUntracked.class))
                    .singleElement()
                    .satisfies(event -> assertThat(event.reason()).isEqualTo("the ledger is full"));
            assertThat(log.lines(Level.ERROR))
                    .singleElement()
                    .asString()
                    .contains("orders - the ledger is full", "until the keys of both stores are copied again");
        }
    }

    @Test
    void an_untracked_entity_is_answered_by_the_primary_until_a_copy_heals_it() throws Exception {
        overflow();
        release.countDown();
        rig.awaitClean();
        assertThat(rig.next.rows).hasSizeLessThan(7);
        assertThat(rig.orders.findById(7)).as("by key").isPresent();
        assertThat(rig.orders.findByCustomer(7)).as("by query").hasSize(7);
        assertThat(rig.migration.check(Stage.NEW_PRIMARY, Rig.ALICE))
                .anyMatch(reason -> reason.contains("were not tracked"));

        rig.copyAll();
        assertThat(rig.next.rows).isEqualTo(rig.legacy.rows);
        int reads = rig.legacy.reads.get();
        assertThat(rig.orders.findById(7)).isPresent();
        assertThat(rig.legacy.reads).as("the new side answers again").hasValue(reads);
        assertThat(rig.migration.check(Stage.NEW_PRIMARY, Rig.ALICE)).isEmpty();
    }

    @Test
    void a_copy_that_lost_a_write_on_its_way_is_not_complete() throws Exception {
        rig = Rig.at(Stage.LEGACY_PRIMARY, b -> b.ledgerCapacity(1).relay(relay -> relay.inlineWait(Duration.ZERO)));
        CopyRun copy = rig.migration.copy(Orders.class);
        rig.next.beforeWrite = operation -> release.await();
        rig.orders.put(order(1));
        rig.orders.put(order(2));
        release.countDown();
        rig.awaitClean();
        assertThat(copy.complete(Rig.ALICE, Patience.LIMIT))
                .singleElement()
                .asString()
                .contains("begin another copy");
        assertThat(rig.migration.status().copied()).containsEntry("Order", false);
        assertThat(rig.events(CopyCompleted.class)).isEmpty();
    }

    @Test
    void marks_leave_room_for_writes_and_wait_for_the_secondary() throws Exception {
        rig = Rig.at(Stage.LEGACY_PRIMARY, b -> b.ledgerCapacity(4));
        rig.next.beforeRead = operation -> release.await();
        CopyRun copy = rig.migration.copy(Orders.class);
        FutureTask<Long> marking = new FutureTask<>(() -> {
            copy.mark(List.of(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L));
            return copy.marked();
        });
        new Thread(marking).start();
        await().until(() -> rig.migration.status().ledger().dirty() == 2);
        rig.orders.put(order(1));
        rig.orders.put(order(21));
        rig.orders.put(order(22));
        assertThat(rig.migration.status().ledger().untracked()).isZero();
        release.countDown();
        assertThat(marking.get(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo(8);
    }

    @Test
    void a_copy_that_waits_for_room_ends_when_the_migration_is_closed() throws Exception {
        rig = Rig.at(Stage.LEGACY_PRIMARY, b -> b.ledgerCapacity(1).closeTimeout(Duration.ofMillis(50)));
        rig.next.beforeRead = operation -> release.await();
        CopyRun copy = rig.migration.copy(Orders.class);
        FutureTask<Boolean> marking = new FutureTask<>(() -> {
            assertThatThrownBy(() -> copy.mark(List.of(1L, 2L, 3L)))
                    .isInstanceOf(MigrationException.class)
                    .hasMessageContaining("was closed while the copy of Order ran");
            return true;
        });
        new Thread(marking).start();
        await().until(() -> rig.migration.status().ledger().dirty() == 1);
        rig.migration.close();
        assertThat(marking.get(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @ParameterizedTest
    @EnumSource(names = {"LEGACY_PRIMARY", "NEW_PRIMARY"})
    void a_restart_in_a_middle_stage_is_untracked_until_all_is_copied(Stage stage) {
        rig = Rig.built(b -> b.startingAt(stage));
        rig.legacy.rows.put(1L, order(1));
        rig.next.rows.put(1L, order(1));
        rig.migration.start();
        assertThat(rig.migration.status().stage()).isEqualTo(stage);
        Stage other = stage == Stage.LEGACY_PRIMARY ? Stage.NEW_PRIMARY : Stage.LEGACY_PRIMARY;
        assertThat(rig.migration.check(other, Rig.ALICE)).anyMatch(reason -> reason.contains("were not tracked"));
        rig.orders.put(order(2));
        rig.awaitClean();
        assertThat(rig.legacy.rows).isEqualTo(rig.next.rows).hasSize(2);
        rig.copyAll();
        assertThat(rig.migration.moveTo(other, Rig.ALICE).moved()).isTrue();
    }

    private Migration withoutStartingStage(ManualControl control) {
        return Migration.of("unknown")
                .between(Store.plain("legacy"), Store.plain("new"))
                .repository(
                        Orders.class,
                        r -> r.from(rig.legacy)
                                .to(rig.next)
                                .key(Order.class, Order::id)
                                .overwrite(Orders::put))
                .control(control)
                .build()
                .start();
    }

    @Test
    void flags_that_ask_for_more_than_a_new_process_can_know_leave_the_stage_unknown() {
        ManualControl control = ManualControl.create();
        control.wish(Stage.NEW_PRIMARY, 9);
        try (LogCapture log = LogCapture.begin();
                Migration migration = withoutStartingStage(control)) {
            assertThat(migration.status().stageKnown()).isFalse();
            assertThat(log.lines(Level.ERROR))
                    .singleElement()
                    .asString()
                    .contains("asks for NEW_PRIMARY", "Writes are refused", "startingAt(");
            assertThatThrownBy(() -> migration.repository(Orders.class).put(order(1)))
                    .isInstanceOf(PhaseMovedException.class)
                    .hasMessageContainingAll("stage is not known", "Nothing was written", "startingAt(");
            assertThat(migration.check(Stage.LEGACY_PRIMARY, Rig.ALICE))
                    .singleElement()
                    .asString()
                    .contains("not known yet", "startingAt(");
            assertThat(rig.legacy.rows).isEmpty();
        }
    }

    @Test
    void flags_that_ask_for_nothing_begin_at_legacy_only() {
        try (Migration migration = withoutStartingStage(ManualControl.create())) {
            assertThat(migration.status().stageKnown()).isTrue();
            assertThat(migration.status().stage()).isEqualTo(Stage.LEGACY_ONLY);
            migration.repository(Orders.class).put(order(1));
            assertThat(rig.legacy.rows).hasSize(1);
        }
    }
}
