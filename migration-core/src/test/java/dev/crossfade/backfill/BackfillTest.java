package dev.crossfade.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.crossfade.ConfigurationException;
import dev.crossfade.Migration;
import dev.crossfade.MigrationException;
import dev.crossfade.Store;
import dev.crossfade.control.ManualControl;
import dev.crossfade.control.Stage;
import dev.crossfade.event.MigrationEvent.BackfillEnded;
import dev.crossfade.event.MigrationEvent.BackfillStarted;
import dev.crossfade.internal.memory.InMemoryCoordination;
import dev.crossfade.run.Brake;
import dev.crossfade.run.RunLimits;
import dev.crossfade.run.RunState;
import dev.crossfade.spi.BackfillBook;
import dev.crossfade.spi.Coordination;
import dev.crossfade.testing.FakeOrders;
import dev.crossfade.testing.Order;
import dev.crossfade.testing.Orders;
import dev.crossfade.testing.Patience;
import dev.crossfade.testing.Rig;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The backfill of two stores that keep their books in memory. */
class BackfillTest {
    private static final Duration PATIENCE = Patience.LIMIT;

    private static Rig withOldRows(int rows) {
        Rig rig = Rig.built(builder -> {});
        for (long id = 1; id <= rows; id++) {
            rig.legacy.rows.put(id, new Order(id, 7, "open", null));
        }
        rig.migration.start();
        rig.walkTo(Stage.LEGACY_PRIMARY);
        return rig;
    }

    private static Backfill backfill(Rig rig) {
        Backfill backfill = rig.migration.backfill(Orders.class);
        backfill.limits(backfill.limits().withMaxPage(50));
        return backfill;
    }

    @Test
    void old_rows_cross_and_the_primary_may_move() throws Exception {
        try (Rig rig = withOldRows(420)) {
            rig.next.rows.put(999L, new Order(999L, 7, "gone from legacy", null));

            BackfillStatus status = backfill(rig).start(Rig.ALICE).awaitEnd(PATIENCE);

            assertThat(status.state()).isEqualTo(RunState.COMPLETED);
            assertThat(status.rows()).isEqualTo(420);
            assertThat(status.inserted()).isEqualTo(420);
            assertThat(status.marked()).isEqualTo(1);
            assertThat(status.percent()).isEqualTo(100);
            rig.awaitClean();
            assertThat(rig.next.rows).isEqualTo(rig.legacy.rows);
            assertThat(rig.events(BackfillStarted.class)).hasSize(1);
            assertThat(rig.events(BackfillEnded.class))
                    .singleElement()
                    .satisfies(event -> assertThat(event.status().state()).isEqualTo(RunState.COMPLETED));
            assertThat(rig.meters
                            .get("crossfade.backfill.rows")
                            .tag("outcome", "inserted")
                            .functionCounter()
                            .count())
                    .isEqualTo(420);
            assertThat(rig.migration.status().backfills())
                    .singleElement()
                    .satisfies(known -> assertThat(known.rows()).isEqualTo(420));
            assertThat(rig.migration.moveTo(Stage.NEW_PRIMARY, Rig.ALICE).moved())
                    .isTrue();
        }
    }

    @Test
    void while_the_service_writes_pages_wait_to_see_what_its_writes_take_unless_that_is_no_matter() throws Exception {
        try (Rig rig = withOldRows(2_000)) {
            rig.writeWithEveryPage();
            Backfill backfill = backfill(rig);
            backfill.start(Rig.ALICE);
            await().untilAsserted(() -> assertThat(backfill.status().brake()).isEqualTo(Brake.WRITES_SLOW));

            backfill.limits(backfill.limits().withMaxSlowdown(Double.POSITIVE_INFINITY));

            assertThat(backfill.awaitEnd(PATIENCE).state()).isEqualTo(RunState.COMPLETED);
        }
    }

    @Test
    void whoever_awaits_the_end_comes_after_the_listeners() throws Exception {
        CountDownLatch awaited = new CountDownLatch(1);
        AtomicBoolean early = new AtomicBoolean(true);
        try (Rig rig = Rig.at(
                Stage.LEGACY_PRIMARY,
                builder -> builder.listener(event -> {
                    if (event instanceof BackfillEnded) {
                        early.set(Rig.comesSoon(awaited));
                    }
                }))) {
            backfill(rig).start(Rig.ALICE).awaitEnd(PATIENCE);
            awaited.countDown();
            assertThat(early).isFalse();
        }
    }

    /** One thread strikes out the last page, and the other one ends the run. */
    @Test
    void whoever_awaits_the_end_finds_every_row_counted() throws Exception {
        CountDownLatch awaited = new CountDownLatch(1);
        AtomicInteger struckOut = new AtomicInteger();
        AtomicBoolean early = new AtomicBoolean(true);
        // The page with the row, and the one after its last key.
        Runnable afterPage = () -> {
            if (struckOut.incrementAndGet() == 2) {
                early.set(Rig.comesSoon(awaited));
            }
        };
        try (Rig rig = Rig.at(Stage.LEGACY_PRIMARY, builder -> builder.coordinatedBy(afterEachPage(afterPage)))) {
            rig.legacy.rows.put(1L, new Order(1L, 7, "open", null));
            BackfillStatus status = backfill(rig).start(Rig.ALICE).awaitEnd(PATIENCE);
            awaited.countDown();
            assertThat(status.rows()).isEqualTo(1);
            assertThat(early).isFalse();
        }
    }

    private static Coordination.Factory afterEachPage(Runnable action) {
        return setup -> watched(
                Coordination.class,
                new InMemoryCoordination(setup),
                (method, result) -> result instanceof BackfillBook book
                        ? watched(BackfillBook.class, book, (called, answer) -> {
                            if (called.equals("verified")) {
                                action.run();
                            }
                            return answer;
                        })
                        : result);
    }

    /** Does what the real one does, and gives its answers on through the function, which is told the method's name. */
    private static <T> T watched(
            Class<T> type, T real, BiFunction<String, @Nullable Object, @Nullable Object> answers) {
        return type.cast(Proxy.newProxyInstance(
                BackfillTest.class.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    try {
                        return answers.apply(method.getName(), method.invoke(real, arguments));
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getTargetException();
                    }
                }));
    }

    @Test
    void limits_changed_while_it_runs_hold_from_the_next_page_on() throws Exception {
        try (Rig rig = withOldRows(100)) {
            Backfill backfill = backfill(rig);
            backfill.limits(backfill.limits().withThreads(0));
            backfill.start(Rig.ALICE);
            assertThat(backfill.status().state()).isEqualTo(RunState.RUNNING);
            backfill.limits(backfill.limits().withThreads(2));
            assertThat(backfill.awaitEnd(PATIENCE).state()).isEqualTo(RunState.COMPLETED);
        }
    }

    @Test
    void its_status_names_the_brake_the_rate_and_what_is_left_and_a_raised_limit_lets_it_go_on() throws Exception {
        try (Rig rig = withOldRows(200)) {
            Backfill backfill = backfill(rig);
            backfill.limits(backfill.limits().withRowsPerSecond(20));
            backfill.start(Rig.ALICE);
            await().untilAsserted(() -> {
                BackfillStatus status = backfill.status();
                assertThat(status.brake()).isEqualTo(Brake.ROWS_PER_SECOND);
                assertThat(status.rowsPerSecond()).isPositive();
                assertThat(status.remaining()).isPositive();
                assertThat(status.percent()).isBetween(1.0, 99.0);
                assertThat(status.openRanges()).isPositive();
            });
            assertThat(backfill.pause(Rig.ALICE)).isTrue();
            assertThat(backfill.status())
                    .extracting(BackfillStatus::state, BackfillStatus::brake, BackfillStatus::rowsPerSecond)
                    .containsExactly(RunState.PAUSED, Brake.NONE, 0.0);

            backfill.limits(backfill.limits().withRowsPerSecond(Long.MAX_VALUE));
            assertThat(backfill.resume(Rig.ALICE)).isTrue();

            BackfillStatus end = backfill.awaitEnd(PATIENCE);
            assertThat(end.state()).isEqualTo(RunState.COMPLETED);
            assertThat(end.rows()).isEqualTo(200);
            assertThat(end.remaining()).isNull();
            assertThat(end.openRanges()).isZero();
        }
    }

    @Test
    void a_cancelled_backfill_begins_anew_and_finds_what_has_crossed() throws Exception {
        try (Rig rig = withOldRows(200)) {
            Backfill backfill = backfill(rig);
            backfill.limits(backfill.limits().withRowsPerSecond(50));
            backfill.start(Rig.ALICE);
            await().until(() -> backfill.status().rows() >= 50);
            assertThat(backfill.cancel(Rig.ALICE)).isTrue();
            assertThat(backfill.cancel(Rig.ALICE)).isFalse();
            assertThat(backfill.awaitEnd(PATIENCE).state()).isEqualTo(RunState.CANCELLED);
            assertThat(rig.migration.check(Stage.NEW_PRIMARY, Rig.ALICE)).isNotEmpty();

            backfill.limits(backfill.limits().withRowsPerSecond(Long.MAX_VALUE));
            BackfillStatus end = backfill.start(Rig.ALICE).awaitEnd(PATIENCE);

            assertThat(end.state()).isEqualTo(RunState.COMPLETED);
            assertThat(end.rows()).isEqualTo(200);
            assertThat(end.inserted()).isLessThanOrEqualTo(150);
        }
    }

    @Test
    void a_page_that_does_not_heed_its_bounds_ends_it_with_a_verdict() throws Exception {
        FakeOrders legacy = new FakeOrders(1);
        for (long id = 1; id <= 100; id++) {
            legacy.rows.put(id, new Order(id, 7, "open", null));
        }
        try (Migration migration = Migration.of("orders")
                .between(Store.plain("legacy"), Store.plain("new"))
                .repository(
                        Orders.class,
                        r -> r.from(legacy)
                                .to(new FakeOrders(1_000))
                                .key(Order.class, Order::id)
                                .overwrite(Orders::put)
                                .backfill((side, after, upTo, max) -> ((FakeOrders) side).page(after, null, max)))
                .control(ManualControl.create())
                .startingAt(Stage.LEGACY_PRIMARY)
                .build()
                .start()) {
            Backfill backfill = migration.backfill(Orders.class);
            backfill.limits(backfill.limits().withMaxPage(10));

            BackfillStatus status = backfill.start(Rig.ALICE).awaitEnd(PATIENCE);

            assertThat(status.state()).isEqualTo(RunState.FAILED);
            assertThat(status.reason()).contains("beyond its last key");
            assertThat(status.percent()).isNull();
        }
    }

    /** As where a row is deleted between the list of keys and the rows themselves. */
    @Test
    void a_page_that_is_shorter_than_asked_for_is_not_taken_for_the_last() throws Exception {
        FakeOrders legacy = new FakeOrders(1);
        FakeOrders next = new FakeOrders(1_000);
        for (long id = 1; id <= 100; id++) {
            legacy.rows.put(id, new Order(id, 7, "open", null));
            next.rows.put(id + 1_000, new Order(id + 1_000, 7, "gone", null));
        }
        try (Migration migration = Migration.of("orders")
                .between(Store.plain("legacy"), Store.plain("new"))
                .repository(
                        Orders.class,
                        r -> r.from(legacy)
                                .to(next)
                                .key(Order.class, Order::id)
                                .overwrite(Orders::put)
                                .backfill((side, after, upTo, max) ->
                                        ((FakeOrders) side).page(after, upTo, Math.max(1, max - 1))))
                .control(ManualControl.create())
                .startingAt(Stage.LEGACY_PRIMARY)
                .build()
                .start()) {
            Backfill backfill = migration.backfill(Orders.class);
            backfill.limits(backfill.limits().withMaxPage(10));

            BackfillStatus status = backfill.start(Rig.ALICE).awaitEnd(PATIENCE);

            assertThat(status.state()).isEqualTo(RunState.COMPLETED);
            assertThat(status.rows()).isEqualTo(100);
            assertThat(status.marked()).isEqualTo(100);
            await().untilAsserted(() -> assertThat(next.rows).isEqualTo(legacy.rows));
        }
    }

    @Test
    void a_failing_store_is_tried_again_until_it_works() throws Exception {
        try (Rig rig = withOldRows(120)) {
            rig.legacy.beforeRead = operation -> {
                throw new SQLTransientConnectionException("down");
            };
            Backfill backfill = backfill(rig).start(Rig.ALICE);
            await().untilAsserted(() -> assertThat(backfill.status().brake()).isEqualTo(Brake.ERRORS));
            assertThat(backfill.status().reason()).contains("SQLTransientConnectionException", "tried again");
            rig.legacy.beforeRead = operation -> {};
            BackfillStatus end = backfill.awaitEnd(PATIENCE);
            assertThat(end.state()).isEqualTo(RunState.COMPLETED);
            assertThat(end.reason()).isNull();
            assertThat(rig.next.rows).isEqualTo(rig.legacy.rows);
        }
    }

    @Test
    void a_page_that_can_never_be_read_ends_it_with_a_verdict() throws Exception {
        try (Rig rig = withOldRows(120)) {
            rig.legacy.beforeRead = operation -> {
                throw new IllegalStateException("secret 4711");
            };
            Backfill backfill = backfill(rig);
            backfill.limits(backfill.limits().withMaxErrorShare(1).withThreads(8));

            BackfillStatus status = backfill.start(Rig.ALICE).awaitEnd(PATIENCE);

            assertThat(status.state()).isEqualTo(RunState.FAILED);
            assertThat(status.reason())
                    .contains("pages fail again and again (the last with IllegalStateException)")
                    .doesNotContain("4711");
            rig.legacy.beforeRead = operation -> {};
            assertThat(backfill.start(Rig.ALICE).awaitEnd(PATIENCE).state()).isEqualTo(RunState.COMPLETED);
            assertThat(rig.next.rows).isEqualTo(rig.legacy.rows);
        }
    }

    @Test
    void a_mistake_in_the_repositorys_own_code_ends_it_soon() throws Exception {
        try (Rig rig = withOldRows(120)) {
            rig.legacy.beforeRead = operation -> {
                throw new NullPointerException();
            };

            BackfillStatus status = backfill(rig).start(Rig.ALICE).awaitEnd(PATIENCE);

            assertThat(status.state()).isEqualTo(RunState.FAILED);
            assertThat(status.reason()).contains("the last with NullPointerException");
        }
    }

    @Test
    void who_starts_it_once_more_does_not_make_up_for_writes_that_left_no_key() throws Exception {
        Rig rig = Rig.built(builder -> builder.ledgerCapacity(2).relay(relay -> relay.inlineWait(Duration.ZERO)));
        CountDownLatch release = new CountDownLatch(1);
        try (rig) {
            rig.migration.start();
            rig.walkTo(Stage.LEGACY_PRIMARY);
            Backfill backfill = backfill(rig);
            backfill.limits(backfill.limits().withThreads(0));
            backfill.start(Rig.ALICE);
            rig.next.beforeWrite = operation -> release.await();
            for (long id = 1; id <= 5; id++) {
                rig.orders.put(new Order(id, 7, "open", null));
            }
            assertThat(rig.migration.status().ledger().untracked()).isPositive();
            release.countDown();
            rig.awaitClean();

            backfill.start(Rig.ALICE);
            backfill.limits(backfill.limits().withThreads(2));

            BackfillStatus status = backfill.awaitEnd(PATIENCE);
            assertThat(status.state()).as(status.toString()).isEqualTo(RunState.FAILED);
            assertThat(status.reason()).contains("not tracked");
            assertThat(backfill.start(Rig.ALICE).awaitEnd(PATIENCE).state()).isEqualTo(RunState.COMPLETED);
        } finally {
            release.countDown();
        }
    }

    @Test
    void the_end_of_the_dual_write_voids_a_backfill_that_has_not_ended() {
        try (Rig rig = withOldRows(100)) {
            Backfill backfill = backfill(rig);
            backfill.limits(backfill.limits().withThreads(0));
            backfill.start(Rig.ALICE);
            assertThat(rig.migration.moveTo(Stage.LEGACY_ONLY, Rig.ALICE).moved())
                    .isTrue();
            assertThat(backfill.status().state()).isEqualTo(RunState.VOID);
            backfill.limits(backfill.limits().withThreads(2));
            await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(thread -> thread.getName().contains("orders-backfill-")));
            assertThat(rig.next.rows).isEmpty();
            rig.walkTo(Stage.LEGACY_PRIMARY);
            assertThat(backfill.status().state()).isEqualTo(RunState.VOID);
        }
    }

    @Test
    void closing_ends_its_threads_and_what_comes_then_says_so() {
        Rig rig = withOldRows(100);
        Backfill backfill = backfill(rig);
        backfill.limits(backfill.limits().withRowsPerSecond(1));
        backfill.start(Rig.ALICE);
        rig.close();
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().contains("orders-backfill-")));
        assertThatThrownBy(() -> backfill.start(Rig.ALICE))
                .isInstanceOf(MigrationException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void limits_out_of_range_are_refused_with_the_range() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RunLimits.DEFAULT.withMaxErrorShare(1.5))
                .withMessage("The limit maxErrorShare is 1.5; choose 0 to 1 (default 0.5)");
        assertThatIllegalArgumentException().isThrownBy(() -> RunLimits.DEFAULT.withPageTime(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> RunLimits.DEFAULT.withThreads(65));
        try (Rig rig = Rig.built(builder -> {})) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> rig.migration.backfill(Orders.class).maxRefused(-1))
                    .withMessageContaining("choose 0 or more");
        }
    }

    @Test
    void keys_in_a_normal_form_have_another_order_than_pages_and_are_refused() {
        assertThatThrownBy(() -> Migration.of("orders")
                        .between(Store.plain("legacy"), Store.plain("new"))
                        .repository(
                                Orders.class,
                                r -> r.from(new FakeOrders(1))
                                        .to(new FakeOrders(1))
                                        .key(Order.class, Order::id)
                                        .overwrite(Orders::put)
                                        .normaliseKeys(Math::abs)
                                        .backfill(
                                                (side, after, upTo, max) -> ((FakeOrders) side).page(after, upTo, max)))
                        .control(ManualControl.create())
                        .build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("normalises keys and declares a backfill")
                .hasMessageContaining("migration.copy(Orders.class)");
    }
}
