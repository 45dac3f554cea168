package dev.crossfade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.crossfade.control.Stage;
import dev.crossfade.event.MigrationEvent.KeyParked;
import dev.crossfade.event.MigrationEvent.MoveAborted;
import dev.crossfade.event.MigrationEvent.MoveRefused;
import dev.crossfade.event.MigrationEvent.StageMoved;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(180)
class MovesTest {
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

    private static List<String> reasons(MoveResult result) {
        assertThat(result).isInstanceOf(MoveResult.Refused.class);
        return ((MoveResult.Refused) result).reasons();
    }

    @ParameterizedTest
    @CsvSource({
        "LEGACY_ONLY,LEGACY_PRIMARY",
        "LEGACY_PRIMARY,LEGACY_ONLY",
        "LEGACY_PRIMARY,NEW_PRIMARY",
        "NEW_PRIMARY,LEGACY_PRIMARY",
        "NEW_PRIMARY,NEW_ONLY"
    })
    void neighbours_follow_each_other_both_ways_and_writes_go_to_the_new_primary(Stage from, Stage to) {
        rig = Rig.at(from);
        rig.orders.put(order(1));
        rig.awaitClean();
        if (from.isDualWrite()) {
            rig.copyAll();
        }
        long epoch = rig.migration.status().epoch();
        MoveResult result = rig.migration.moveTo(to, Rig.ALICE.approvingPointOfNoReturn());
        assertThat(result).isInstanceOfSatisfying(MoveResult.Moved.class, moved -> {
            assertThat(moved.from()).isEqualTo(from);
            assertThat(moved.to()).isEqualTo(to);
            assertThat(moved.epoch()).isGreaterThan(epoch);
        });
        assertThat(rig.events(StageMoved.class).get(rig.events(StageMoved.class).size() - 1))
                .satisfies(event -> assertThat(event.operator().name()).isEqualTo("alice"));
        rig.orders.put(order(2));
        rig.awaitClean();
        assertThat((to.primary() == Side.LEGACY ? rig.legacy : rig.next).rows).containsKey(2L);
        assertThat((to.primary() == Side.LEGACY ? rig.next : rig.legacy).rows.containsKey(2L))
                .isEqualTo(to.isDualWrite());
    }

    @Test
    void a_move_to_where_it_is_already_is_refused_and_says_so() {
        rig = Rig.at(Stage.LEGACY_PRIMARY);
        assertThat(reasons(rig.migration.moveTo(Stage.LEGACY_PRIMARY, Rig.ALICE)))
                .containsExactly("it is in LEGACY_PRIMARY already");
    }

    @ParameterizedTest
    @CsvSource({"LEGACY_ONLY,NEW_PRIMARY", "LEGACY_ONLY,NEW_ONLY", "LEGACY_PRIMARY,NEW_ONLY", "NEW_PRIMARY,LEGACY_ONLY"
    })
    void stages_that_are_no_neighbours_are_refused(Stage from, Stage to) {
        rig = Rig.at(from);
        assertThat(reasons(rig.migration.moveTo(to, Rig.ALICE.approvingPointOfNoReturn())))
                .singleElement()
                .asString()
                .contains("no neighbour", "one stage at a time");
        assertThat(rig.migration.status().stage()).isEqualTo(from);
    }

    @ParameterizedTest
    @EnumSource
    void nothing_leads_back_from_new_only(Stage to) {
        rig = Rig.at(Stage.NEW_ONLY);
        assertThat(reasons(rig.migration.moveTo(to, Rig.ALICE))).containsExactly("NEW_ONLY is final");
    }

    @Test
    void all_unmet_gates_come_in_one_answer_and_asking_changes_nothing() {
        rig = Rig.at(Stage.LEGACY_PRIMARY, b -> b.relay(relay -> relay.maxAttempts(1)));
        rig.next.beforeWrite = operation -> {
            throw new IllegalArgumentException("refused");
        };
        rig.orders.put(order(1));
        await().until(() -> rig.events(KeyParked.class).size() == 1);
        rig.control.permit(Stage.LEGACY_PRIMARY);
        MigrationStatus before = rig.migration.status();
        int events = rig.events.size();
        List<String> unmet = rig.migration.check(Stage.NEW_PRIMARY, Rig.ALICE);
        assertThat(unmet)
                .anyMatch(reason -> reason.contains("permits no stage beyond LEGACY_PRIMARY"))
                .anyMatch(reason -> reason.contains("have not crossed"))
                .anyMatch(reason -> reason.contains("1 keys are parked"));
        assertThat(rig.migration.status().epoch()).isEqualTo(before.epoch());
        assertThat(rig.events).hasSize(events);
        assertThat(reasons(rig.migration.moveTo(Stage.NEW_PRIMARY, Rig.ALICE))).isEqualTo(unmet);
        assertThat(rig.events(MoveRefused.class))
                .singleElement()
                .satisfies(event -> assertThat(event.reasons()).isEqualTo(unmet));
    }

    @Test
    void the_last_step_needs_an_approval() {
        rig = Rig.at(Stage.NEW_PRIMARY);
        assertThat(reasons(rig.migration.moveTo(Stage.NEW_ONLY, Rig.ALICE)))
                .singleElement()
                .asString()
                .contains("approves the point of no return");
    }

    @Test
    void a_drain_that_a_refused_key_keeps_from_ending_says_so() {
        rig = Rig.at(Stage.LEGACY_PRIMARY);
        rig.copyAll();
        rig.next.beforeWrite = operation -> {
            throw new IllegalArgumentException("no");
        };
        rig.orders.put(order(1));
        MoveResult result = rig.migration.moveTo(Stage.NEW_PRIMARY, Rig.ALICE);
        assertThat(result)
                .isInstanceOfSatisfying(
                        MoveResult.Aborted.class,
                        aborted -> assertThat(aborted.reason())
                                .contains("1 keys were still dirty")
                                .contains("the secondary has refused 1 of them"));
        rig.next.beforeWrite = operation -> {};
    }

    @Test
    void a_drain_that_takes_too_long_ends_the_move_with_writes_going_on() {
        rig = Rig.at(Stage.LEGACY_PRIMARY);
        rig.copyAll();
        rig.next.beforeWrite = operation -> release.await();
        rig.orders.put(order(1));
        MoveResult result = rig.migration.moveTo(Stage.NEW_PRIMARY, Rig.ALICE);
        assertThat(result)
                .isInstanceOfSatisfying(
                        MoveResult.Aborted.class,
                        aborted -> assertThat(aborted.reason()).contains("1 keys were still dirty after 1200 ms"));
        assertThat(rig.migration.status().stage()).isEqualTo(Stage.LEGACY_PRIMARY);
        assertThat(rig.migration.status().moving()).isFalse();
        rig.orders.put(order(2));
        assertThat(rig.legacy.rows).containsOnlyKeys(1L, 2L);
        release.countDown();
        rig.awaitClean();
        assertThat(rig.migration.moveTo(Stage.NEW_PRIMARY, Rig.ALICE).moved()).isTrue();
    }

    @Test
    void a_key_that_is_parked_during_the_drain_ends_the_move() throws Exception {
        CountDownLatch writing = new CountDownLatch(1);
        rig = Rig.at(Stage.LEGACY_PRIMARY, b -> b.relay(relay -> relay.maxAttempts(1)));
        rig.copyAll();
        rig.next.beforeWrite = operation -> {
            writing.countDown();
            while (!rig.migration.status().moving() && !release.await(1, TimeUnit.MILLISECONDS)) {}
            throw new IllegalArgumentException("refused");
        };
        rig.orders.put(order(1));
        assertThat(writing.await(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(rig.migration.moveTo(Stage.NEW_PRIMARY, Rig.ALICE))
                .isInstanceOfSatisfying(
                        MoveResult.Aborted.class,
                        aborted -> assertThat(aborted.reason()).contains("parked during the move"));
    }

    @Test
    void writes_go_on_before_listeners_hear_of_an_abort() {
        boolean[] moving = {true};
        rig = Rig.at(
                Stage.LEGACY_PRIMARY,
                b -> b.listener(event -> {
                    if (event instanceof MoveAborted) {
                        moving[0] = rig.migration.status().moving();
                    }
                }));
        rig.copyAll();
        rig.next.beforeWrite = operation -> release.await();
        rig.orders.put(order(1));
        assertThat(rig.migration.moveTo(Stage.NEW_PRIMARY, Rig.ALICE)).isInstanceOf(MoveResult.Aborted.class);
        assertThat(moving).containsExactly(false);
    }

    @Test
    void of_two_movers_at_once_one_is_refused() throws Exception {
        rig = Rig.at(Stage.LEGACY_PRIMARY);
        CountDownLatch inside = new CountDownLatch(1);
        FutureTask<Boolean> holder = new FutureTask<>(() -> rig.migration.inTransaction(() -> {
            inside.countDown();
            return release.await(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
        }));
        new Thread(holder).start();
        inside.await();
        FutureTask<MoveResult> first = new FutureTask<>(() -> rig.migration.moveTo(Stage.LEGACY_ONLY, Rig.ALICE));
        Thread mover = new Thread(first);
        mover.start();
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> mover.getState() == Thread.State.TIMED_WAITING);
        assertThat(reasons(rig.migration.moveTo(Stage.LEGACY_ONLY, Rig.ALICE)))
                .anyMatch(reason -> reason.contains("another move is under way"));
        release.countDown();
        assertThat(first.get().moved()).isTrue();
        assertThat(holder.get()).isTrue();
    }

    @Test
    void an_interrupted_mover_gives_up_and_stays_interrupted() {
        rig = Rig.at(Stage.LEGACY_PRIMARY);
        Thread.currentThread().interrupt();
        MoveResult result = rig.migration.moveTo(Stage.LEGACY_ONLY, Rig.ALICE);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(result).isInstanceOf(MoveResult.Aborted.class);
        rig.orders.put(order(1));
        assertThat(rig.migration.status().stage()).isEqualTo(Stage.LEGACY_PRIMARY);
    }

    @Test
    void a_copy_ends_with_the_stage_that_it_began_in() throws Exception {
        rig = Rig.at(Stage.LEGACY_PRIMARY);
        CopyRun copy = rig.migration.copy(Orders.class);
        assertThat(rig.migration.moveTo(Stage.LEGACY_ONLY, Rig.ALICE).moved()).isTrue();
        assertThatThrownBy(() -> rig.migration.copy(Orders.class)).hasMessageContaining("Move to LEGACY_PRIMARY first");
        assertThat(rig.migration.moveTo(Stage.LEGACY_PRIMARY, Rig.ALICE).moved())
                .isTrue();
        assertThatThrownBy(() -> copy.mark(List.of(1L)))
                .isInstanceOf(MigrationException.class)
                .hasMessageContaining("Begin another copy");
        assertThatThrownBy(() -> copy.complete(Rig.ALICE, Duration.ofSeconds(1)))
                .isInstanceOf(MigrationException.class);
        assertThat(rig.migration.status().copied()).containsEntry("Order", false);
    }

    @Test
    void a_copy_that_is_not_done_in_time_says_what_is_missing() throws Exception {
        rig = Rig.at(Stage.LEGACY_PRIMARY);
        rig.legacy.rows.put(1L, order(1));
        rig.next.beforeWrite = operation -> release.await();
        CopyRun copy = rig.migration.copy(Orders.class);
        copy.mark(List.of(1L));
        assertThat(copy.complete(Rig.ALICE, Duration.ofMillis(50)))
                .singleElement()
                .asString()
                .contains("1 keys are still dirty");
        release.countDown();
        assertThat(copy.complete(Rig.ALICE, Patience.LIMIT)).isEmpty();
        assertThat(copy.marked()).isEqualTo(1);
    }
}
