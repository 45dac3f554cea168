package dev.crossfade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.crossfade.control.ManualControl;
import dev.crossfade.control.Stage;
import dev.crossfade.testing.Order;
import dev.crossfade.testing.Patience;
import dev.crossfade.testing.Rig;
import dev.crossfade.testing.TransactionalStore;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A write by predicate that returns a count is held against the keys that were listed in the same transaction. */
class PredicateWriteTest {
    interface Counted {
        Optional<Order> findById(long id);

        List<Long> findIdsByStatus(String status);

        @Write(keysListedBy = "findIdsByStatus")
        int deleteByStatus(String status);

        void put(Order order);

        void deleteById(long id);
    }

    static final class Rows implements Counted {
        final Map<Long, Order> rows = new ConcurrentSkipListMap<>();

        /** How many of the next deletions meet a row that came after the listing. */
        final AtomicInteger surprises = new AtomicInteger();

        @Override
        public Optional<Order> findById(long id) {
            return Optional.ofNullable(rows.get(id));
        }

        @Override
        public List<Long> findIdsByStatus(String status) {
            return rows.values().stream()
                    .filter(order -> order.status().equals(status))
                    .map(order -> Objects.requireNonNull(order.id()))
                    .toList();
        }

        @Override
        public int deleteByStatus(String status) {
            int before = rows.size();
            rows.values().removeIf(order -> order.status().equals(status));
            return before - rows.size() + (surprises.getAndUpdate(n -> Math.max(0, n - 1)) > 0 ? 1 : 0);
        }

        @Override
        public void put(Order order) {
            rows.put(Objects.requireNonNull(order.id()), order);
        }

        @Override
        public void deleteById(long id) {
            rows.remove(id);
        }
    }

    private final Rows legacy = new Rows();
    private final Rows next = new Rows();
    private final TransactionalStore legacyStore = new TransactionalStore("legacy", legacy.rows);
    private final Migration migration = Migration.of("counted")
            .between(legacyStore, new TransactionalStore("new", next.rows))
            .repository(
                    Counted.class,
                    r -> r.from(legacy).to(next).key(Order.class, Order::id).overwrite(Counted::put))
            .control(ManualControl.create())
            // Writes return when they have crossed.
            .relay(relay -> relay.inlineWait(Patience.LIMIT))
            .startingAt(Stage.LEGACY_ONLY)
            .build()
            .start();
    private final Counted orders = migration.repository(Counted.class);

    @BeforeEach
    void write_some_rows() {
        assertThat(migration.moveTo(Stage.LEGACY_PRIMARY, Rig.ALICE).moved()).isTrue();
        orders.put(new Order(1L, 7, "old", null));
        orders.put(new Order(2L, 7, "old", null));
        orders.put(new Order(3L, 7, "new", null));
    }

    private void awaitClean() {
        await().until(() -> migration.status().ledger().dirty() == 0);
    }

    @AfterEach
    void close() {
        awaitClean();
        assertThat(next.rows).isEqualTo(legacy.rows);
        assertThat(migration.status().ledger().untracked()).isZero();
        migration.close();
    }

    @Test
    void a_count_that_fits_the_list_lets_every_listed_key_cross() {
        assertThat(orders.deleteByStatus("old")).isEqualTo(2);
        assertThat(next.rows).containsOnlyKeys(3L);
    }

    @Test
    void a_count_that_differs_is_rolled_back_and_tried_again() {
        legacy.surprises.set(2);
        assertThat(orders.deleteByStatus("old")).isEqualTo(2);
        assertThat(legacyStore.rollbacks).hasValue(2);
        assertThat(next.rows).containsOnlyKeys(3L);
    }

    @Test
    void a_count_that_keeps_differing_reaches_the_caller_after_three_attempts_with_nothing_written() {
        legacy.surprises.set(5);
        assertThatThrownBy(() -> orders.deleteByStatus("old"))
                .isInstanceOf(RetryableWriteException.class)
                .hasMessageContainingAll(
                        "deleteByStatus(String)", "3 rows", "2 keys were listed", "Nothing was written");
        assertThat(legacyStore.rollbacks).hasValue(PhaseMovedException.ATTEMPTS);
        assertThat(legacy.rows).hasSize(3);
    }

    @Test
    void in_a_transaction_of_the_caller_the_whole_transaction_is_tried_again() {
        legacy.surprises.set(1);
        AtomicInteger runs = new AtomicInteger();
        migration.inTransaction(() -> {
            runs.incrementAndGet();
            orders.put(new Order(4L, 7, "kept", null));
            orders.deleteByStatus("old");
        });
        assertThat(runs).hasValue(2);
        assertThat(legacy.rows).containsOnlyKeys(3L, 4L);
    }

    @Test
    void work_that_throws_is_rolled_back_and_the_secondary_sees_nothing_of_it() {
        assertThatThrownBy(() -> migration.inTransaction(() -> {
                    orders.put(new Order(9L, 7, "never", null));
                    orders.deleteById(3);
                    throw new IllegalStateException("changed my mind");
                }))
                .isExactlyInstanceOf(IllegalStateException.class);
        assertThat(legacy.rows).containsOnlyKeys(1L, 2L, 3L);
        awaitClean();
    }

    @Test
    void a_transaction_is_one_commit_and_joined_by_inner_ones() {
        awaitClean();
        int commits = legacyStore.commits.get();
        migration.inTransaction(() -> {
            orders.put(new Order(4L, 7, "a", null));
            migration.inTransaction(() -> orders.put(new Order(5L, 7, "b", null)));
            assertThat(legacyStore.commits).hasValue(commits);
        });
        assertThat(legacy.rows).containsKeys(4L, 5L);
    }
}
