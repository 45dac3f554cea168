package dev.crossfade.jdbc.faults;

import static dev.crossfade.jdbc.faults.Scene.execute;
import static dev.crossfade.jdbc.faults.Scene.number;
import static dev.crossfade.jdbc.faults.Scene.rows;
import static dev.crossfade.jdbc.orders.OrdersMigration.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.crossfade.MigrationException;
import dev.crossfade.backfill.Backfill;
import dev.crossfade.backfill.BackfillStatus;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.orders.Order;
import dev.crossfade.jdbc.orders.Orders;
import dev.crossfade.jdbc.testing.TestDatabase;
import dev.crossfade.jdbc.testing.TestServer;
import dev.crossfade.run.RunLimits;
import dev.crossfade.run.RunState;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Old rows cross while the service writes, and whatever comes between a page's steps. */
abstract class BackfillContract extends FaultContract {
    private static final String BACKFILL = "-backfill-";

    /** A page's write begins with the fence, which a worker asks for nothing else. */
    private static final String WRITE = "crossfade_fence";

    private static final int SMALL = 20;

    /** An instance of the service, by which old rows cross. */
    Instance.Setup setup() {
        return scene.setup();
    }

    private Instance startDual() {
        return scene.startDual(setup());
    }

    /** Orders that were there before the dual write began. */
    private void oldRows(int count) {
        insert(scene.legacy(), 1, count, "(%1$d, 'n%1$d', 'open', 1)");
    }

    private static void insert(TestDatabase database, long first, long last, String row) {
        String values =
                LongStream.rangeClosed(first, last).mapToObj(row::formatted).collect(Collectors.joining(", "));
        execute(database, "INSERT INTO orders (id, number, status, steps) VALUES " + values);
    }

    private static Backfill backfill(Instance instance) {
        Backfill backfill = instance.service.migration.backfill(Orders.class);
        backfill.limits(RunLimits.DEFAULT.withThreads(1).withMaxPage(SMALL).withMaxSlowdown(Double.POSITIVE_INFINITY));
        return backfill;
    }

    private static Backfill started(Instance instance) {
        return backfill(instance).start(ALICE);
    }

    private static BackfillStatus ended(Backfill backfill) {
        try {
            return backfill.awaitEnd(Scene.PATIENCE);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private static void completes(Backfill backfill) {
        BackfillStatus status = ended(backfill);
        assertThat(status.state()).as(status.toString()).isEqualTo(RunState.COMPLETED);
    }

    /** As if the holders had not been heard of for long. */
    private void expireLeases() {
        String past = "'2001-01-01 00:00:00'";
        execute(
                scene.next(),
                "UPDATE crossfade_backfill_range SET lease_until = " + past + " WHERE holder IS NOT NULL");
    }

    /** Past the library, as a failover does that loses both the row and what was noted of it. */
    private static void vanish(TestDatabase database, long id) {
        execute(database, "DELETE FROM orders WHERE id = " + id);
    }

    /** H2 locks a stripe of the fence for one alone: a page held in its transaction may keep the refresh out. */
    private void requireSharedLocks() {
        assumeTrue(scene.next().server() != TestServer.H2, "H2 has no shared row locks");
    }

    private void equal() {
        scene.awaitClean();
        assertThat(rows(scene.next())).isEqualTo(rows(scene.legacy()));
    }

    @Test
    void old_rows_cross_and_then_the_primary_may_move() {
        oldRows(95);
        Instance one = startDual();
        assertThat(one.service.migration.check(Stage.NEW_PRIMARY, ALICE)).isNotEmpty();

        completes(started(one));

        BackfillStatus status = one.service.migration.backfill(Orders.class).status();
        assertThat(status.rows()).isEqualTo(95);
        assertThat(status.inserted()).isEqualTo(95);
        assertThat(status.marked()).isZero();
        assertThat(status.openRanges()).isZero();
        assertThat(Scene.ledgerRows(scene.legacy())).isZero();
        equal();
        one.moveTo(Stage.NEW_PRIMARY);
        assertThat(scene.end()).hasSize(95);
    }

    @Test
    void a_backfill_of_no_rows_completes() {
        completes(started(startDual()));
    }

    @Test
    void no_backfill_begins_outside_legacy_primary() {
        Instance one = scene.start(setup());
        assertThatThrownBy(() -> started(one))
                .isInstanceOf(MigrationException.class)
                .hasMessageContaining("Move to LEGACY_PRIMARY first");
        assertThat(one.service.migration.backfill(Orders.class).status().state())
                .isEqualTo(RunState.NOT_STARTED);
    }

    @Test
    void a_row_deleted_after_its_page_was_read_does_not_come_back() {
        oldRows(3);
        Instance one = startDual();
        Stop read = one.onNew.stopBefore(WRITE, BACKFILL);
        Backfill backfill = started(one);
        read.awaitReached();
        one.orders.deleteById(2);
        scene.awaitClean();
        read.release();

        completes(backfill);
        assertThat(rows(scene.next())).containsExactly(order(1), order(3));
        assertThat(backfill.status().marked()).isZero();
        scene.endsWith(order(1), order(3));
    }

    @Test
    void a_row_deleted_between_the_look_at_the_ledger_and_the_insert_does_not_come_back() {
        requireSharedLocks();
        oldRows(3);
        Instance one = startDual();
        Stop looked = one.onNew.stopBefore(WRITE, BACKFILL);
        Backfill backfill = started(one);
        looked.awaitReached();
        one.orders.deleteById(2);
        scene.awaitClean();
        looked.release();

        completes(backfill);
        assertThat(backfill.status().marked()).isZero();
        scene.endsWith(order(1), order(3));
    }

    @Test
    void a_row_that_was_deleted_and_inserted_again_keeps_its_newest_state() {
        requireSharedLocks();
        oldRows(3);
        Instance one = startDual();
        Stop looked = one.onNew.stopBefore(WRITE, BACKFILL);
        Backfill backfill = started(one);
        looked.awaitReached();
        one.orders.deleteById(2);
        Order again = new Order(2, "again", "new", 7);
        one.orders.put(again);
        scene.awaitClean();
        looked.release();

        completes(backfill);
        assertThat(rows(scene.next())).containsExactly(order(1), again, order(3));
        scene.endsWith(order(1), again, order(3));
    }

    @Test
    void an_update_after_a_page_was_read_is_not_undone() {
        oldRows(3);
        Instance one = startDual();
        Stop read = one.onNew.stopBefore(WRITE, BACKFILL);
        Backfill backfill = started(one);
        read.awaitReached();
        one.orders.step(2);
        scene.awaitClean();
        read.release();

        completes(backfill);
        assertThat(backfill.status().inserted()).isEqualTo(2);
        assertThat(backfill.status().marked()).isZero();
        scene.endsWith(order(1), new Order(2, "n2", "open", 2), order(3));
    }

    @Test
    void rows_whose_keys_move_over_the_end_of_a_page_are_missed_by_neither_page() {
        oldRows(3 * SMALL);
        Instance one = startDual();
        Stop read = one.onNew.stopBefore(WRITE, BACKFILL);
        Backfill backfill = started(one);
        read.awaitReached();
        rename(one, 5, 1_000);
        rename(one, 55, -55);
        scene.awaitClean();
        read.release();

        completes(backfill);
        equal();
        assertThat(scene.end()).hasSize(3 * SMALL).extracting(Order::id).contains(-55L, 1_000L);
    }

    private static void rename(Instance instance, long from, long to) {
        instance.service.migration.inTransaction(() -> {
            instance.orders.deleteById(from);
            instance.orders.put(new Order(to, "n" + from, "renamed", 1));
            return true;
        });
    }

    /** Nothing but the range tells of them: they are on no list, and the library knows of no write. */
    @Test
    void rows_that_came_past_the_library_after_a_page_was_read_are_found() {
        oldRows(2 * SMALL);
        Instance one = startDual();
        Stop read = one.onNew.stopBefore(WRITE, BACKFILL);
        Backfill backfill = started(one);
        read.awaitReached();
        insert(scene.legacy(), -3, -1, "(%1$d, 'm%1$d', 'open', 1)");
        execute(scene.legacy(), "UPDATE orders SET steps = 7 WHERE id = 4");
        vanish(scene.legacy(), 6);
        read.release();

        completes(backfill);
        assertThat(backfill.status().marked()).isEqualTo(5);
        equal();
        assertThat(scene.end()).hasSize(2 * SMALL + 2);
    }

    @Test
    void a_row_written_by_a_page_while_its_delete_was_on_the_way_goes_again() {
        requireSharedLocks();
        oldRows(3);
        Instance one = startDual();
        Stop read = one.onNew.stopBefore(WRITE, BACKFILL);
        Backfill backfill = started(one);
        read.awaitReached();
        Stop deleting = one.onNew.stopBefore("COMMIT", "relay");
        one.orders.deleteById(2);
        deleting.awaitReached();
        Stop written = one.onNew.stopAfter("COMMIT", BACKFILL);
        read.release();
        written.awaitReached();
        deleting.release();
        written.release();

        completes(backfill);
        scene.endsWith(order(1), order(3));
    }

    @Test
    void rows_that_only_the_new_store_has_and_rows_that_differ_are_made_equal() {
        oldRows(45);
        execute(scene.next(), "INSERT INTO orders (id, number, status, steps) VALUES (7, 'n7', 'stale', 9)");
        execute(scene.next(), "INSERT INTO orders (id, number, status, steps) VALUES (1000, 'gone', 'stale', 9)");
        execute(scene.next(), "INSERT INTO orders (id, number, status, steps) VALUES (-5, 'first', 'stale', 9)");
        Instance one = startDual();

        completes(started(one));

        assertThat(one.service.migration.backfill(Orders.class).status().marked())
                .isEqualTo(3);
        equal();
        assertThat(scene.end()).hasSize(45);
    }

    @Test
    void more_rows_on_the_new_side_than_a_page_holds_are_all_found() {
        oldRows(5);
        insert(scene.next(), 100, 349, "(%1$d, 'x%1$d', 'stale', 9)");
        Instance one = startDual();

        completes(started(one));

        assertThat(one.service.migration.backfill(Orders.class).status().marked())
                .isEqualTo(250);
        equal();
        assertThat(scene.end()).hasSize(5);
    }

    @Test
    void a_worker_whose_claim_was_taken_over_writes_nothing() {
        oldRows(3);
        Instance late = startDual();
        Stop asleep = late.onNew.stopBefore(WRITE, BACKFILL);
        started(late);
        asleep.awaitReached();
        expireLeases();
        Instance other = scene.start(setup());
        completes(started(other));
        vanish(scene.legacy(), 2);
        vanish(scene.next(), 2);
        asleep.release();

        completes(late.service.migration.backfill(Orders.class));
        late.close();
        assertThat(rows(scene.next())).containsExactly(order(1), order(3));
        assertThat(other.service.migration.backfill(Orders.class).status().rows())
                .isEqualTo(3);
    }

    @Test
    void a_checkpoint_under_a_claim_that_was_taken_over_counts_nothing() {
        oldRows(3);
        Instance late = startDual();
        Stop asleep = late.onNew.stopBefore("DELETE FROM crossfade_backfill_range", BACKFILL);
        started(late);
        asleep.awaitReached();
        expireLeases();
        Instance other = scene.start(setup());
        Stop meanwhile = other.onNew.stopBefore(WRITE, BACKFILL);
        started(other);
        meanwhile.awaitReached();
        // It would go on with the rest, and nothing would be left of that.
        backfill(late).limits(RunLimits.DEFAULT.withThreads(0));
        asleep.release();
        late.close();

        // The page, and the rest after its last key.
        assertThat(number(scene.next(), "SELECT count(*) FROM crossfade_backfill_range"))
                .isEqualTo(2);
        meanwhile.release();
        completes(other.service.migration.backfill(Orders.class));
        assertThat(other.service.migration.backfill(Orders.class).status().rows())
                .isEqualTo(3);
    }

    @Test
    void a_raised_generation_voids_the_backfill_and_the_page_under_way() {
        oldRows(3);
        Instance late = startDual();
        Stop asleep = late.onNew.stopBefore(WRITE, BACKFILL);
        started(late);
        asleep.awaitReached();
        Instance other = scene.start(setup());
        other.service.migration.recovery().raiseGeneration(ALICE);
        vanish(scene.legacy(), 2);
        asleep.release();

        await().atMost(Scene.PATIENCE)
                .until(() ->
                        late.service.migration.backfill(Orders.class).status().state() == RunState.VOID);
        assertThat(rows(scene.next())).isEmpty();
        assertThat(late.service.migration.check(Stage.NEW_PRIMARY, ALICE)).isNotEmpty();
        completes(started(other));
        scene.endsWith(order(1), order(3));
    }

    @Test
    void another_instance_goes_on_where_a_killed_one_was() {
        oldRows(100);
        Instance killed = startDual();
        Backfill first = backfill(killed);
        killed.onNew.atCommitOf("SET rows_done = rows_done", 3, Points.Moment.AFTER, killed::kill);
        first.start(ALICE);
        await().atMost(Scene.PATIENCE)
                .until(() -> number(scene.next(), "SELECT max(rows_done) FROM crossfade_backfill") == 3 * SMALL);
        Instance other = scene.start(setup());
        expireLeases();

        completes(started(other));

        BackfillStatus status = other.service.migration.backfill(Orders.class).status();
        assertThat(status.rows()).isEqualTo(100);
        equal();
        assertThat(rows(scene.next())).hasSize(100);
    }

    @Test
    void several_instances_share_the_ranges() {
        oldRows(400);
        Instance one = startDual();
        Instance other = scene.start(setup());
        Stop held = one.onNew.stopBefore(WRITE, BACKFILL);
        Backfill first = started(one);
        held.awaitReached();
        Backfill second = started(other);
        await().atMost(Scene.PATIENCE).until(() -> second.status().rows() > 0);
        held.release();

        completes(first);
        completes(second);
        assertThat(second.status().rows()).isEqualTo(400);
        equal();
        assertThat(scene.end()).hasSize(400);
    }

    @Test
    void a_row_that_the_new_store_refuses_is_recorded_and_does_not_stop_the_rest() {
        execute(scene.next(), "ALTER TABLE orders ADD CONSTRAINT few CHECK (steps < 100)");
        oldRows(50);
        execute(scene.legacy(), "UPDATE orders SET steps = 100 WHERE id = 33");
        Instance one = startDual();

        completes(started(one));

        BackfillStatus status = one.service.migration.backfill(Orders.class).status();
        assertThat(status.refused()).isEqualTo(1);
        assertThat(status.inserted()).isEqualTo(49);
        assertThat(rows(scene.next())).hasSize(49).extracting(Order::id).doesNotContain(33L);
        assertThat(number(scene.next(), "SELECT count(*) FROM crossfade_backfill_refused WHERE reason <> ''"))
                .isEqualTo(1);
        assertThat(scene.isClean()).isFalse();
        one.orders.put(order(33));
        scene.awaitClean();
        assertThat(scene.end()).hasSize(50);
    }

    @Test
    void too_many_refused_rows_end_the_backfill_with_a_verdict() {
        execute(scene.next(), "ALTER TABLE orders ADD CONSTRAINT none CHECK (steps < 1)");
        oldRows(50);
        Instance one = startDual();
        Backfill backfill = backfill(one);
        backfill.maxRefused(5);

        BackfillStatus status = ended(backfill.start(ALICE));

        assertThat(status.state()).isEqualTo(RunState.FAILED);
        assertThat(status.reason()).contains("refuses more than 5 rows").contains("mend the mapping");
        assertThat(one.service.migration.check(Stage.NEW_PRIMARY, ALICE)).isNotEmpty();
        execute(scene.next(), "ALTER TABLE orders DROP CONSTRAINT none");
        completes(backfill.start(ALICE));
        equal();
    }

    @Test
    void it_pauses_resumes_and_is_cancelled_by_any_instance() {
        oldRows(100);
        Instance one = startDual();
        Instance other = scene.start(setup());
        Backfill here = backfill(one);
        Stop first = one.onNew.stopBefore(WRITE, BACKFILL);
        here.start(ALICE);
        first.awaitReached();
        Backfill there = other.service.migration.backfill(Orders.class);

        assertThat(there.pause(ALICE)).isTrue();
        assertThat(there.pause(ALICE)).isFalse();
        first.release();
        await().atMost(Scene.PATIENCE).until(() -> here.status().rows() == SMALL);
        assertThat(here.status().state()).isEqualTo(RunState.PAUSED);
        assertThat(here.start(ALICE).status().state()).isEqualTo(RunState.PAUSED);

        Stop second = one.onNew.stopBefore(WRITE, BACKFILL);
        assertThat(there.resume(ALICE)).isTrue();
        second.awaitReached();
        assertThat(there.cancel(ALICE)).isTrue();
        second.release();
        assertThat(ended(here).state()).isEqualTo(RunState.CANCELLED);
        await().atMost(Scene.PATIENCE).until(() -> here.status().rows() == 2 * SMALL);
        assertThat(there.resume(ALICE)).isFalse();

        completes(started(one));
        equal();
        assertThat(scene.end()).hasSize(100);
    }

    @Test
    void of_two_instances_that_resume_it_at_once_one_does() throws Exception {
        oldRows(100);
        Instance one = startDual();
        Instance other = scene.start(setup());
        Stop page = one.onNew.stopBefore(WRITE, BACKFILL);
        Backfill here = started(one);
        page.awaitReached();
        assertThat(here.pause(ALICE)).isTrue();
        page.release();
        Backfill there = started(other);

        Meanwhile<Boolean> second = meanwhile(() -> there.resume(ALICE));
        boolean first = here.resume(ALICE);

        assertThat(List.of(first, second.result())).containsExactlyInAnyOrder(true, false);
        completes(here);
        completes(there);
        assertThat(here.status().rows()).isEqualTo(100);
        equal();
        assertThat(scene.end()).hasSize(100);
    }

    @Test
    void the_primary_does_not_move_before_the_backfill_has_ended() {
        oldRows(3);
        Instance one = startDual();
        Stop asleep = one.onNew.stopBefore(WRITE, BACKFILL);
        Backfill backfill = started(one);
        asleep.awaitReached();

        assertThat(one.service.migration.moveTo(Stage.NEW_PRIMARY, ALICE).moved())
                .isFalse();
        asleep.release();
        completes(backfill);
        one.moveTo(Stage.NEW_PRIMARY);
        scene.endsWith(order(1), order(2), order(3));
    }

    @Test
    void a_page_under_way_when_the_dual_write_ends_is_written_under_its_fence_or_not_at_all() {
        oldRows(3);
        Instance one = startDual();
        Stop asleep = one.onNew.stopBefore(WRITE, BACKFILL);
        Backfill backfill = started(one);
        asleep.awaitReached();
        one.moveTo(Stage.LEGACY_ONLY);
        one.orders.deleteById(2);
        asleep.release();

        await().atMost(Scene.PATIENCE).until(() -> Instance.threads(BACKFILL) == 0);
        assertThat(backfill.status().state()).isEqualTo(RunState.VOID);
        one.moveTo(Stage.LEGACY_PRIMARY);
        completes(started(one));
        scene.endsWith(order(1), order(3));
    }

    /** Two instances could otherwise take it over from each other for as long as the ledger is full. */
    @Test
    void a_page_that_waits_for_room_in_the_ledger_keeps_its_claim() throws SQLException {
        insert(scene.next(), 1, 30, "(%1$d, 'x%1$d', 'stale', 9)");
        Instance one = scene.startDual(setup().change(builder -> builder.ledgerCapacity(10)));
        Backfill backfill;
        try (Connection other = scene.next().connect();
                Statement lock = other.createStatement()) {
            other.setAutoCommit(false);
            lock.executeQuery("SELECT id FROM orders FOR UPDATE").close();
            backfill = started(one);
            await().atMost(Scene.PATIENCE)
                    .until(() -> one.service.migration.status().ledger().dirty() == 5);
            expireLeases();

            await().atMost(Scene.PATIENCE)
                    .until(() -> number(
                                    scene.next(),
                                    "SELECT count(*) FROM crossfade_backfill_range WHERE lease_until > '2002-01-01 00:00:00'")
                            == 1);
            other.rollback();
        }
        completes(backfill);
        assertThat(backfill.status().marked()).isEqualTo(30);
        scene.endsWith();
    }

    @Test
    void rows_are_equal_after_a_backfill_under_writes_and_deletes() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        oldRows(300);
        Instance one = startDual();
        Backfill backfill = backfill(one);
        backfill.limits(backfill.limits().withThreads(2));
        backfill.start(ALICE);
        for (int i = 0; i < 150 && !backfill.status().state().isEnd(); i++) {
            long id = 1L + random.nextInt(300);
            switch (random.nextInt(3)) {
                case 0 -> one.orders.deleteById(id);
                case 1 -> one.orders.put(new Order(id, "m" + id, "again", i));
                default -> one.orders.step(id);
            }
        }

        completes(backfill);
        equal();
        scene.end();
    }

    @Test
    void a_started_backfill_that_is_completed_stays_so() {
        oldRows(5);
        Instance one = startDual();
        completes(started(one));
        Instance other = scene.start(setup());

        assertThat(started(other).status().state()).isEqualTo(RunState.COMPLETED);
        assertThat(List.of(one, other))
                .allSatisfy(instance -> await().atMost(Duration.ofSeconds(60))
                        .until(() ->
                                instance.service.migration.status().copied().containsValue(true)));
    }
}
