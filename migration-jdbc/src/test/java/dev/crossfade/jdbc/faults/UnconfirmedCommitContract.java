package dev.crossfade.jdbc.faults;

import static dev.crossfade.jdbc.faults.Scene.execute;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.crossfade.MoveResult;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.faults.Points.Action;
import dev.crossfade.jdbc.orders.Order;
import dev.crossfade.jdbc.orders.OrdersMigration;
import dev.crossfade.jdbc.testing.proxy.FaultProxy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A COMMIT of the library's own transactions of which nobody knows whether it happened. */
abstract class UnconfirmedCommitContract extends FaultContract {
    private FaultProxy beforeLegacy;
    private FaultProxy beforeNew;
    private Instance mover;

    @BeforeEach
    void start() {
        beforeLegacy = scene.proxyBefore(scene.legacy());
        beforeNew = scene.proxyBefore(scene.next());
        mover = scene.startDual(scene.setup()
                .legacyUrl(beforeLegacy.url())
                .newUrl(beforeNew.url())
                .change(builder -> builder.relay(r -> r.maxAttempts(3))));
        Scene.declareCopied(mover);
    }

    /** The steps of a move: the time at which it writes the fence of the primary, or of the other side. */
    private enum Step {
        DRAIN(true, 1),
        PREPARE(false, 1),
        RELEASE(true, 2),
        GRANT(false, 2);

        private final boolean onPrimary;
        private final int time;

        Step(boolean onPrimary, int time) {
            this.onPrimary = onPrimary;
            this.time = time;
        }
    }

    @Test
    void a_move_ends_and_no_write_fails_whichever_commit_of_it_is_not_confirmed() {
        // The keepers finish within a second or two what nobody has confirmed.
        Instance other = scene.start(scene.setup().change(builder -> builder.writersWait(Scene.PATIENCE)));
        AtomicBoolean over = new AtomicBoolean();
        AtomicLong written = new AtomicLong();
        Meanwhile<Order> writes = meanwhile(() -> {
            Order last = order(1);
            while (!over.get()) {
                last = order(1).with("written " + written.incrementAndGet());
                other.orders.put(last);
            }
            return last;
        });
        for (Step step : Step.values()) {
            moveAndCut(step, true);
            awaitMore(written, writes);
            moveAndCut(step, false);
            awaitMore(written, writes);
        }
        over.set(true);
        scene.endsWith(writes.result());
    }

    private static void awaitMore(AtomicLong written, Meanwhile<Order> writes) {
        long before = written.get();
        await().atMost(Scene.PATIENCE)
                .until(() -> written.get() > before + 2 || writes.done().isDone());
        assertThat(writes.done()).isNotDone();
    }

    /** A move that was given up before it came to the step, as on a slow machine, is asked for again. */
    private void moveAndCut(Step step, boolean arrives) {
        boolean fromLegacy = mover.stage() == Stage.LEGACY_PRIMARY;
        boolean onLegacy = fromLegacy == step.onPrimary;
        Points points = onLegacy ? mover.onLegacy : mover.onNew;
        AtomicReference<CompletableFuture<Void>> cut = new AtomicReference<>();
        for (int attempt = 1; attempt <= 10 && cut.get() == null; attempt++) {
            atUpdateOfTheFence(
                    points, step.time, () -> cutCommitHere(points, onLegacy ? beforeLegacy : beforeNew, arrives, cut));

            MoveResult result = mover.service.migration.moveTo(
                    fromLegacy ? Stage.NEW_PRIMARY : Stage.LEGACY_PRIMARY, OrdersMigration.ALICE);

            assertThat(result)
                    .as("%s, arrives: %s", step, arrives)
                    .isInstanceOfAny(MoveResult.Moved.class, MoveResult.Aborted.class);
            points.clear();
        }
        assertThat(cut.get()).as("%s, arrives: %s", step, arrives).succeedsWithin(Scene.PATIENCE);
    }

    /** So that nothing else on the way to the database is cut in its place. */
    private static void cutCommitHere(
            Points points, FaultProxy proxy, boolean arrives, AtomicReference<CompletableFuture<Void>> cut) {
        points.aloneOn(
                Thread.currentThread(), "COMMIT", () -> cut.set(arrives ? proxy.cutAfterCommit() : proxy.cutAfter(0)));
    }

    private static void atUpdateOfTheFence(Points points, int time, Action action) {
        points.afterOn(
                Thread.currentThread(),
                "UPDATE crossfade_fence",
                time == 1 ? action : () -> atUpdateOfTheFence(points, time - 1, action));
    }

    @Test
    void what_the_primary_does_not_confirm_is_not_taken_for_a_failure_of_the_secondary() {
        AtomicReference<CompletableFuture<Void>> cut = new AtomicReference<>();
        mover.onLegacy.after(
                isPostgres() ? "seen AS MATERIALIZED" : "UPDATE crossfade_ledger SET pending_since = NULL",
                () -> cutCommitHere(mover.onLegacy, beforeLegacy, false, cut));

        mover.orders.put(order(1));
        await().atMost(Scene.PATIENCE)
                .until(() -> cut.get() != null && cut.get().isDone());
        long before = mover.onNew.count("INSERT INTO orders");
        mover.orders.put(order(2));

        scene.endsWith(order(1), order(2));
        assertThat(mover.onNew.count("INSERT INTO orders")).isGreaterThan(before);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_key_whose_parking_is_not_confirmed_is_parked_in_the_end_and_goes_on_when_it_is_let(boolean arrives) {
        execute(scene.next(), "ALTER TABLE orders ADD CONSTRAINT few_steps CHECK (steps < 100)");
        AtomicReference<CompletableFuture<Void>> cut = new AtomicReference<>();
        mover.onLegacy.after("INTO crossfade_failure", () -> cutCommitHere(mover.onLegacy, beforeLegacy, arrives, cut));

        mover.orders.putAll(List.of(order(1), new Order(2, "two", "open", 100)));

        await().atMost(Scene.PATIENCE)
                .until(() -> cut.get() != null
                        && cut.get().isDone()
                        && mover.service.migration.parkedKeys().list(9).size() == 1);
        execute(scene.next(), "ALTER TABLE orders DROP CONSTRAINT few_steps");
        assertThat(mover.service.migration.parkedKeys().retryAll(OrdersMigration.ALICE))
                .isEqualTo(1);
        scene.endsWith(order(1), new Order(2, "two", "open", 100));
    }
}
