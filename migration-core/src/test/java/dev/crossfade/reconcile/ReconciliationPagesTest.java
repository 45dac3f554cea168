package dev.crossfade.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.crossfade.control.Stage;
import dev.crossfade.run.RunState;
import dev.crossfade.testing.Order;
import dev.crossfade.testing.Orders;
import dev.crossfade.testing.Patience;
import dev.crossfade.testing.Rig;
import dev.crossfade.testing.WatchedPlatform;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What becomes of a page of a reconciliation that takes long, fails or is taken over. */
class ReconciliationPagesTest {
    private static final Duration PATIENCE = Patience.LIMIT;
    private static final Duration EVEN_IF_TIME_LEAPS = Duration.ofHours(1);
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final String AHEAD = "-reconciliation-Order-ahead";

    private final WatchedPlatform platform = new WatchedPlatform();
    private final WatchedBook book = new WatchedBook(platform);

    private static Order order(long id, String status) {
        return new Order(id, 7, status, null);
    }

    /** Stores that are equal up to a key, and differ on all keys beyond it. */
    private Rig stores(int equal, int different) {
        Rig rig = Rig.built(builder -> builder.platform(platform).coordinatedBy(book.coordination()));
        for (long id = 1; id <= equal + different; id++) {
            rig.legacy.rows.put(id, order(id, "open"));
            rig.next.rows.put(id, order(id, id <= equal ? "open" : "lost"));
        }
        rig.migration.start();
        rig.walkTo(Stage.LEGACY_PRIMARY);
        return rig;
    }

    private static Reconciliation reconciliation(Rig rig, int threads, int page) {
        Reconciliation reconciliation = rig.migration.reconciliation(Orders.class);
        reconciliation.limits(reconciliation.limits().withThreads(threads).withMaxPage(page));
        return reconciliation;
    }

    /** Whatever is looked at by its key takes so long in the new store. */
    private void slow(Rig rig, Duration each) {
        rig.next.beforeRead = operation -> {
            if (operation.startsWith("find")) {
                platform.leap(each);
            }
        };
    }

    @Test
    void a_run_stays_claimed_while_the_keys_of_a_page_are_confirmed() throws Exception {
        try (Rig rig = stores(0, 450)) {
            Duration each = Duration.ofMillis(100);
            slow(rig, each);
            ReconciliationStatus status =
                    reconciliation(rig, 1, 500).start(Scope.full(), Rig.ALICE).awaitEnd(EVEN_IF_TIME_LEAPS);

            assertThat(status.counts()).isEqualTo(new Counts(450, 0, 0, 450, 0, 0, 0));
            assertThat(each.multipliedBy(450)).isGreaterThan(LEASE);
            assertThat(book.longestSilence()).isLessThan(LEASE);
        }
    }

    @Test
    void a_run_stays_claimed_where_both_stores_read_slowly_key_by_key() throws Exception {
        try (Rig rig = stores(0, 450)) {
            Duration each = Duration.ofMillis(200);
            slow(rig, each);
            rig.legacy.beforeRead = rig.next.beforeRead;
            ReconciliationStatus status =
                    reconciliation(rig, 1, 500).start(Scope.full(), Rig.ALICE).awaitEnd(EVEN_IF_TIME_LEAPS);

            assertThat(status.counts()).isEqualTo(new Counts(450, 0, 0, 450, 0, 0, 0));
            assertThat(book.longestSilence()).isLessThan(LEASE.dividedBy(2));
        }
    }

    @Test
    void a_page_whose_run_was_taken_over_while_keys_were_confirmed_counts_nothing() throws Exception {
        try (Rig rig = stores(0, 450)) {
            AtomicBoolean taken = new AtomicBoolean();
            book.beforeRenewal = claim -> {
                if (taken.compareAndSet(false, true)) {
                    book.takeOver(claim);
                }
            };
            slow(rig, Duration.ofMillis(100));
            Reconciliation reconciliation = reconciliation(rig, 1, 500).start(Scope.full(), Rig.ALICE);
            // It has let go, and asks for the run again.
            await().atMost(PATIENCE).until(() -> book.failedClaims.get() > 0);
            assertThat(book.pages).isEmpty();
            book.giveBack();

            assertThat(reconciliation.awaitEnd(EVEN_IF_TIME_LEAPS).counts())
                    .isEqualTo(new Counts(450, 0, 0, 450, 0, 0, 0));
            // The page that was lost had 450 keys of 500 that it might have had.
            assertThat(book.pages).startsWith(250L);
        }
    }

    @Test
    void pages_grow_smaller_where_it_takes_long_to_confirm_keys() throws Exception {
        try (Rig rig = stores(400, 600)) {
            slow(rig, Duration.ofMillis(100));
            reconciliation(rig, 1, 1_000).start(Scope.full(), Rig.ALICE).awaitEnd(EVEN_IF_TIME_LEAPS);

            // 100 keys take ten seconds, and a page should take half a second.
            assertThat(book.pages).startsWith(500L, 125L, 31L);
        }
    }

    @Test
    void a_key_on_its_way_counts_once_though_its_page_failed_and_was_compared_again() throws Exception {
        try (Rig rig = stores(100, 0)) {
            rig.next.beforeWrite = operation -> {
                throw new SQLTransientConnectionException("down");
            };
            rig.orders.changeStatus(5, "paid");
            AtomicInteger advances = new AtomicInteger();
            book.beforeAdvance = () -> {
                switch (advances.incrementAndGet()) {
                    case 1 -> throw new IllegalStateException("the book does not answer");
                    case 3 -> {
                        rig.next.beforeWrite = operation -> {};
                        rig.awaitClean();
                    }
                    default -> {}
                }
            };
            ReconciliationStatus status =
                    reconciliation(rig, 1, 40).start(Scope.full(), Rig.ALICE).awaitEnd(EVEN_IF_TIME_LEAPS);

            assertThat(status.state()).isEqualTo(RunState.COMPLETED);
            assertThat(status.counts()).isEqualTo(new Counts(100, 0, 0, 0, 0, 0, 0));
            assertThat(status.verdict()).isEqualTo(Verdict.CLEAN);
        }
    }

    @Test
    void keys_on_their_way_that_were_forgotten_when_a_run_was_taken_over_leave_it_incomplete() throws Exception {
        try (Rig rig = stores(100, 0)) {
            rig.next.beforeWrite = operation -> {
                throw new SQLTransientConnectionException("down");
            };
            rig.orders.changeStatus(5, "paid");
            AtomicInteger advances = new AtomicInteger();
            book.beforeAdvance = () -> {
                if (advances.incrementAndGet() == 2) {
                    book.takeOver();
                    rig.next.beforeWrite = operation -> {};
                    rig.awaitClean();
                }
            };
            Reconciliation reconciliation = reconciliation(rig, 1, 40).start(Scope.full(), Rig.ALICE);
            await().atMost(PATIENCE).until(() -> book.failedClaims.get() > 0);
            book.giveBack();
            ReconciliationStatus status = reconciliation.awaitEnd(EVEN_IF_TIME_LEAPS);

            assertThat(status.state()).isEqualTo(RunState.COMPLETED);
            assertThat(status.counts()).isEqualTo(new Counts(100, 0, 0, 0, 0, 1, 0));
            assertThat(status.verdict()).isEqualTo(Verdict.INCOMPLETE);
            assertThat(reconciliation
                            .start(Scope.full(), Rig.ALICE)
                            .awaitEnd(EVEN_IF_TIME_LEAPS)
                            .verdict())
                    .isEqualTo(Verdict.CLEAN);
        }
    }

    @Test
    void a_page_that_failed_is_compared_again_only_after_the_one_ahead_of_it_was_read() throws Exception {
        try (Rig rig = stores(100, 0)) {
            CountDownLatch read = new CountDownLatch(1);
            CountDownLatch reading = new CountDownLatch(1);
            AtomicBoolean failed = new AtomicBoolean();
            AtomicBoolean together = new AtomicBoolean();
            rig.legacy.beforeRead = operation -> {
                if (Thread.currentThread().getName().endsWith(AHEAD)) {
                    reading.countDown();
                    read.await();
                } else if (failed.get() && read.getCount() > 0) {
                    together.set(true);
                }
            };
            rig.next.beforeRead = operation -> {
                reading.await();
                if (failed.compareAndSet(false, true)) {
                    throw new SQLTransientConnectionException("down");
                }
            };
            Reconciliation reconciliation = reconciliation(rig, 2, 40).start(Scope.full(), Rig.ALICE);
            await().atMost(PATIENCE).until(() -> platform.isAwaited(AHEAD));
            read.countDown();

            assertThat(reconciliation.awaitEnd(EVEN_IF_TIME_LEAPS).counts())
                    .isEqualTo(new Counts(100, 0, 0, 0, 0, 0, 0));
            assertThat(together).isFalse();
        }
    }

    @Test
    void closing_waits_for_the_page_that_is_read_ahead() throws Exception {
        CountDownLatch read = new CountDownLatch(1);
        CountDownLatch reading = new CountDownLatch(1);
        Rig rig = stores(100, 0);
        rig.legacy.beforeRead = operation -> {
            if (Thread.currentThread().getName().endsWith(AHEAD)) {
                reading.countDown();
                read.await();
            }
        };
        reconciliation(rig, 2, 40).start(Scope.full(), Rig.ALICE);
        assertThat(reading.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        Thread closing = new Thread(rig::close);
        closing.start();
        await().atMost(PATIENCE).until(() -> platform.isAwaited(AHEAD));
        read.countDown();
        closing.join();
        await().atMost(PATIENCE)
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().endsWith(AHEAD)));
    }
}
