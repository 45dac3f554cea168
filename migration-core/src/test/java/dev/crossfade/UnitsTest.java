package dev.crossfade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.crossfade.control.ManualControl;
import dev.crossfade.control.Stage;
import dev.crossfade.testing.Order;
import dev.crossfade.testing.Patience;
import dev.crossfade.testing.Rig;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Transactions of the caller, writes that end later, and the primary that stays put while they are open. */
@Timeout(180)
class UnitsTest {
    interface Later {
        CompletionStage<Optional<Order>> findById(long id);

        CompletableFuture<Order> save(Order order);

        @Write
        void put(Order order);

        @Write(mayDelete = true)
        void drop(@Key long id);

        Optional<Order> findNow(@Key long id);
    }

    static final class Rows implements Later {
        final Map<Long, Order> rows = new ConcurrentSkipListMap<>();
        CompletableFuture<Order> pending = new CompletableFuture<>();

        @Override
        public CompletionStage<Optional<Order>> findById(long id) {
            return CompletableFuture.completedFuture(findNow(id));
        }

        @Override
        public CompletableFuture<Order> save(Order order) {
            pending = new CompletableFuture<>();
            return pending;
        }

        void complete(Order order) {
            put(order);
            pending.complete(order);
        }

        @Override
        public void put(Order order) {
            rows.put(Objects.requireNonNull(order.id()), order);
        }

        @Override
        public void drop(long id) {
            rows.remove(id);
        }

        @Override
        public Optional<Order> findNow(long id) {
            return Optional.ofNullable(rows.get(id));
        }
    }

    private final Rows legacy = new Rows();
    private final Rows next = new Rows();
    private final ManualControl control = ManualControl.create();
    private final Migration migration = Migration.of("later")
            .between(Store.plain("legacy"), Store.plain("new"))
            .repository(
                    Later.class,
                    r -> r.from(legacy)
                            .to(next)
                            .key(Order.class, Order::id)
                            .find(Later::findNow)
                            .overwrite(Later::put)
                            .delete(Later::drop))
            .control(control)
            .writersWait(Duration.ofMillis(100))
            .closeTimeout(Duration.ofMillis(200))
            .startingAt(Stage.LEGACY_ONLY)
            .build()
            .start();
    private final Later orders = migration.repository(Later.class);
    private final Order one = new Order(1L, 7, "new", null);

    UnitsTest() {
        assertThat(migration.moveTo(Stage.LEGACY_PRIMARY, Rig.ALICE).moved()).isTrue();
    }

    @AfterEach
    void close() {
        migration.close();
    }

    @Test
    void a_transaction_returns_what_its_work_returns_and_throws_what_it_declares() throws IOException {
        assertThat(migration.<String, RuntimeException>inTransaction(() -> "done"))
                .isEqualTo("done");
        IOException own = new IOException("own");
        assertThatThrownBy(() -> migration.inTransaction(() -> {
                    throw own;
                }))
                .isSameAs(own);
    }

    @Test
    void reads_in_a_transaction_go_to_the_primary_whatever_the_dial_says() {
        orders.put(one);
        await().until(() -> migration.status().ledger().dirty() == 0);
        control.readNewPercent(100);
        next.rows.put(1L, one.withStatus("of the new side"));
        await().until(() -> orders.findNow(1).orElseThrow().status().equals("of the new side"));
        assertThat(migration.<Optional<Order>, RuntimeException>inTransaction(() -> orders.findNow(1)))
                .contains(one);
    }

    @Test
    void a_later_write_is_recorded_when_it_ends_and_not_before() throws Exception {
        CompletableFuture<Order> saved = orders.save(one);
        assertThat(saved).isNotDone();
        assertThat(migration.status().ledger().dirty()).isZero();
        legacy.complete(one);
        assertThat(saved.get(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo(one);
        await().untilAsserted(() -> assertThat(next.rows).containsOnlyKeys(1L));
        assertThat(orders.findById(1).toCompletableFuture().get()).contains(one);
    }

    @Test
    void a_later_failure_looks_as_on_the_unwrapped_repository() {
        CompletableFuture<Order> saved = orders.save(one);
        IOException own = new IOException("own");
        legacy.pending.completeExceptionally(own);
        assertThatThrownBy(saved::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isSameAs(own);
        assertThatThrownBy(saved::join)
                .isInstanceOf(CompletionException.class)
                .cause()
                .isSameAs(own);
        assertThat(saved.handle((order, failure) -> failure).join()).isSameAs(own);
    }

    @Test
    void cancelling_ends_the_callers_wait_and_follows_the_write_to_its_end() {
        CompletableFuture<Order> saved = orders.save(one);
        assertThat(saved.cancel(true)).isTrue();
        assertThat(saved).isCancelled();
        assertThatThrownBy(saved::join).isInstanceOf(CancellationException.class);
        assertThat(legacy.pending).isNotDone();
        assertThat(migration.moveTo(Stage.LEGACY_ONLY, Rig.ALICE).moved())
                .as("the write is under way still")
                .isFalse();
        legacy.pending.complete(one);
        assertThat(migration.moveTo(Stage.LEGACY_ONLY, Rig.ALICE).moved())
                .as("nothing is held")
                .isTrue();
    }

    @Test
    void a_later_write_cannot_join_a_transaction_of_this_thread() {
        assertThatThrownBy(() -> migration.inTransaction(() -> orders.save(one)))
                .isInstanceOf(MigrationException.class)
                .hasMessageContainingAll("save(Order)", "Nothing of it was written", "Call it outside");
    }

    @Test
    void the_primary_stays_put_while_a_write_never_ends_and_the_refusal_counts_it() {
        CompletableFuture<Order> one = orders.save(this.one);
        MoveResult result = migration.moveTo(Stage.LEGACY_ONLY, Rig.ALICE);
        assertThat(result)
                .isInstanceOfSatisfying(
                        MoveResult.Aborted.class,
                        aborted -> assertThat(aborted.reason()).contains("1 writes or refreshes of this instance"));
        assertThat(migration.status().stage()).isEqualTo(Stage.LEGACY_PRIMARY);
        orders.put(this.one);
        legacy.complete(this.one);
        assertThat(one).isCompleted();
        assertThat(migration.moveTo(Stage.LEGACY_ONLY, Rig.ALICE).moved()).isTrue();
    }

    @Test
    void a_writer_waits_for_a_move_once_and_is_told_that_nothing_was_written() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        FutureTask<Boolean> holder = new FutureTask<>(() -> migration.inTransaction(() -> {
            inside.countDown();
            return leave.await(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
        }));
        new Thread(holder).start();
        assertThat(inside.await(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        FutureTask<MoveResult> move = new FutureTask<>(() -> migration.moveTo(Stage.LEGACY_ONLY, Rig.ALICE));
        new Thread(move).start();

        // Until the move has come so far; and a machine may be busy, but waiting twice never takes less than two waits.
        await().pollInterval(Duration.ofMillis(1)).untilAsserted(() -> {
            long began = System.nanoTime();
            assertThatThrownBy(() -> orders.put(one))
                    .isInstanceOf(PhaseMovedException.class)
                    .hasMessageContainingAll("waited 100 ms", "Nothing was written", "Try again");
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .isBetween(Duration.ofMillis(95), Duration.ofMillis(190));
        });
        leave.countDown();
        assertThat(holder.get()).isTrue();
        move.get();
        orders.put(one);
        assertThat(legacy.rows).containsKey(1L);
    }

    @Test
    void a_waiting_writer_goes_on_when_the_move_has_ended() throws Exception {
        CompletableFuture<Order> open = orders.save(one);
        FutureTask<MoveResult> move = new FutureTask<>(() -> migration.moveTo(Stage.LEGACY_ONLY, Rig.ALICE));
        new Thread(move).start();
        Order two = one.withId(2);
        await().until(() -> {
            try {
                orders.put(two);
                return open.isDone();
            } catch (PhaseMovedException moving) {
                legacy.complete(one);
                return false;
            }
        });
        assertThat(open).isCompleted();
        move.get();
        assertThat(legacy.rows).containsKeys(1L, 2L);
    }
}
