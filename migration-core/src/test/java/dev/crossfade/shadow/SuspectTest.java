package dev.crossfade.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.MoveResult;
import dev.crossfade.compare.Comparison.Lagging;
import dev.crossfade.compare.Comparison.Match;
import dev.crossfade.compare.Comparison.Mismatch;
import dev.crossfade.control.Stage;
import dev.crossfade.testing.Order;
import dev.crossfade.testing.ReadFixture;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SuspectTest {
    private final ReadFixture fixture =
            ReadFixture.legacyPrimary(builder -> builder.relay(relay -> relay.inlineWait(Duration.ZERO)));
    private final CountDownLatch released = new CountDownLatch(1);

    SuspectTest() {
        fixture.control.shadowPercent(100);
    }

    @AfterEach
    void close() {
        released.countDown();
        fixture.close();
    }

    private void holdRefreshes() {
        CountDownLatch begun = new CountDownLatch(1);
        fixture.next.onWrite = (operation, normal) -> {
            begun.countDown();
            released.await();
            return normal.get();
        };
        fixture.catalog.changeStatus(1, "paid");
        ReadFixture.eventually(() -> assertThat(begun.getCount()).isZero());
        fixture.forget();
    }

    @Test
    void a_difference_that_survives_reading_both_again_counts() {
        fixture.next.rows.put(1L, new Order(1L, 1, "lost", null));
        fixture.catalog.findById(1);
        assertThat(fixture.outcome()).isInstanceOf(Mismatch.class);
        // The caller's read or the shadow read, two confirmations, and the look at the key itself.
        ReadFixture.eventually(() -> assertThat(fixture.legacy.reads).hasValue(4));
        ReadFixture.eventually(() -> assertThat(fixture.next.reads).hasValue(4));
        assertThat(fixture.migration.status().lastDifferences()).singleElement().satisfies(seen -> {
            assertThat(seen.field()).isEqualTo("status");
            assertThat(seen.operation()).isEqualTo("findById");
            assertThat(seen.kind()).isEqualTo("VALUE");
            assertThat(seen.count()).isEqualTo(1);
        });
        ReadFixture.eventually(() -> assertThat(fixture.migration.check(Stage.NEW_PRIMARY, ReadFixture.ALICE))
                .hasSize(2)
                .anyMatch(reason -> reason.contains("mismatches"))
                .anyMatch(reason -> reason.startsWith("1 discrepancies are open")));
        assertThat(fixture.migration.moveTo(Stage.NEW_PRIMARY, ReadFixture.ALICE))
                .isInstanceOf(MoveResult.Refused.class);
    }

    @Test
    void a_difference_that_is_gone_when_both_are_read_again_is_lag() {
        AtomicInteger times = new AtomicInteger();
        fixture.next.onRead =
                (operation, normal) -> times.incrementAndGet() == 1 ? java.util.Optional.empty() : normal.get();
        fixture.catalog.findById(1);
        assertThat(fixture.outcome()).isEqualTo(new Lagging());
    }

    @Test
    void a_dirty_key_makes_a_difference_lag_in_results_of_one_of_many_and_of_none() {
        holdRefreshes();
        fixture.catalog.findById(1);
        assertThat(fixture.outcome()).isEqualTo(new Lagging());
        fixture.catalog.findByCustomer(1);
        assertThat(fixture.outcome()).isEqualTo(new Lagging());
        fixture.catalog.countByStatus("paid");
        assertThat(fixture.outcome()).isEqualTo(new Lagging());
        fixture.catalog.findById(2);
        assertThat(fixture.outcome()).isEqualTo(new Match());
    }

    @Test
    void another_dirty_key_hides_no_mismatch_of_a_clean_one() {
        holdRefreshes();
        fixture.next.rows.put(2L, new Order(2L, 2, "lost", null));
        fixture.catalog.findById(2);
        assertThat(fixture.outcome()).isInstanceOf(Mismatch.class);
        fixture.catalog.findByCustomer(2);
        assertThat(fixture.outcome()).isInstanceOf(Mismatch.class);
    }

    @Test
    void a_scalar_that_differs_with_nothing_under_way_counts() {
        fixture.next.rows.put(1L, new Order(1L, 1, "lost", null));
        fixture.catalog.countByStatus("new");
        assertThat(fixture.outcome()).isInstanceOf(Mismatch.class);
    }

    @Test
    void a_row_that_only_one_side_has_counts() {
        fixture.next.rows.remove(4L);
        fixture.next.rows.put(77L, ReadFixture.order(77));
        fixture.catalog.findByCustomer(1);
        assertThat(fixture.outcome()).isInstanceOf(Mismatch.class);
        fixture.catalog.findById(77);
        assertThat(fixture.outcome()).isInstanceOf(Mismatch.class);
    }

    @Test
    void a_key_written_between_the_two_reads_is_lag_even_when_it_is_clean_again() {
        fixture.next.rows.put(1L, new Order(1L, 1, "lost", null));
        AtomicInteger times = new AtomicInteger();
        fixture.legacy.onRead = (operation, normal) -> {
            Object answer = normal.get();
            if (times.incrementAndGet() == 2) {
                Thread writer = new Thread(() -> fixture.catalog.changeStatus(1, "paid"));
                writer.start();
                writer.join();
                ReadFixture.eventually(() ->
                        assertThat(fixture.migration.status().ledger().dirty()).isZero());
                fixture.next.rows.put(1L, new Order(1L, 1, "lost again", null));
            }
            return answer;
        };
        fixture.catalog.findById(1);
        assertThat(fixture.outcome()).isEqualTo(new Lagging());
    }

    @Test
    void a_write_whose_effect_shows_before_it_is_recorded_is_no_mismatch() {
        CountDownLatch done = new CountDownLatch(1);
        fixture.legacy.onWrite = (operation, normal) -> {
            Object answer = normal.get();
            done.countDown();
            released.await();
            return answer;
        };
        CompletableFuture<Boolean> write = CompletableFuture.supplyAsync(() -> fixture.catalog.changeStatus(1, "paid"));
        ReadFixture.eventually(() -> assertThat(done.getCount()).isZero());
        fixture.catalog.findById(1);
        assertThat(fixture.outcome()).isEqualTo(new Lagging());
        fixture.catalog.findByCustomer(1);
        assertThat(fixture.outcome()).isEqualTo(new Lagging());
        fixture.catalog.countByStatus("paid");
        assertThat(fixture.outcome()).isEqualTo(new Lagging());
        released.countDown();
        assertThat(write.join()).isTrue();
        ReadFixture.eventually(
                () -> assertThat(fixture.migration.status().ledger().dirty()).isZero());
        fixture.catalog.findById(1);
        assertThat(fixture.outcome()).isEqualTo(new Match());
        assertThat(fixture.migration.status().shadowReads().mismatched()).isZero();
    }
}
