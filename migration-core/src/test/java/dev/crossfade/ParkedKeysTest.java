package dev.crossfade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.crossfade.control.Stage;
import dev.crossfade.event.MigrationEvent.KeyParked;
import dev.crossfade.event.MigrationEvent.KeysDiscarded;
import dev.crossfade.event.MigrationEvent.KeysRetried;
import dev.crossfade.event.MigrationEvent.SecondaryUnavailable;
import dev.crossfade.internal.view.Breaker;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.ParkedKey;
import dev.crossfade.testing.Order;
import dev.crossfade.testing.Orders;
import dev.crossfade.testing.Rig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A key that the secondary refuses waits for a person and stops nobody else. */
class ParkedKeysTest {
    private static final int ATTEMPTS = 3;

    private final Set<Long> refused = ConcurrentHashMap.newKeySet();
    private volatile boolean dead;
    private final List<Integer> batches = new CopyOnWriteArrayList<>();
    private Rig rig = Rig.built(b -> {});

    private void begin(int deletesByMarks) {
        rig = Rig.at(
                Stage.LEGACY_PRIMARY,
                b -> b.relay(relay -> relay.maxAttempts(ATTEMPTS).deletesByMarksPerMinute(deletesByMarks)));
        rig.next.beforeWrite = operation -> {};
    }

    private void beginRefusing() {
        rig = Rig.built(b -> b.relay(relay -> relay.maxAttempts(ATTEMPTS)));
        Rig stores = rig;
        rig = Rig.at(
                Stage.LEGACY_PRIMARY,
                b -> b.relay(relay -> relay.maxAttempts(ATTEMPTS))
                        .repository(
                                Second.class,
                                r -> r.from(new Rows(stores.legacy))
                                        .to(new Rows(stores.next))
                                        .key(Order.class, Order::id)
                                        .named("second")
                                        .find(Second::find)
                                        .overwrite(this::overwrite)
                                        .delete(Second::delete)
                                        .findAll(Second::findSome)
                                        .overwriteAll(this::overwriteSome)
                                        .deleteAll((rows, keys) -> keys.forEach(rows::delete))));
        second = rig.migration.repository(Second.class);
        this.stores = stores;
    }

    private Rig stores = rig;
    private Second second = new Rows(rig.legacy);

    /** A repository with bulk forms. */
    interface Second {
        Optional<Order> find(@Key Long id);

        List<Order> findSome(@Key Collection<Long> ids);

        @Write
        void write(Order order);

        @Write
        void writeAll(List<Order> orders);

        @Write(mayDelete = true)
        void delete(@Key Long id);
    }

    record Rows(Orders orders) implements Second {
        @Override
        public Optional<Order> find(Long id) {
            return orders.findById(id);
        }

        @Override
        public List<Order> findSome(Collection<Long> ids) {
            return orders.findAllById(ids);
        }

        @Override
        public void write(Order order) {
            orders.put(order);
        }

        @Override
        public void writeAll(List<Order> all) {
            all.forEach(orders::put);
        }

        @Override
        public void delete(Long id) {
            orders.deleteById(id);
        }
    }

    private void overwrite(Second rows, Order order) {
        if (dead) {
            throw new UncheckedIOException(new IOException("simulated"));
        }
        if (refused.contains(order.id())) {
            throw new IllegalArgumentException("refused");
        }
        rows.write(order);
    }

    private void overwriteSome(Second rows, Collection<Order> orders) {
        batches.add(orders.size());
        orders.forEach(order -> overwrite(rows, order));
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private static Order order(long id) {
        return new Order(id, 7, "new", null);
    }

    private void awaitParked(int count) {
        await().until(() -> rig.migration.status().ledger().parked() == count
                && rig.migration.status().ledger().dirty() == count);
    }

    @Test
    void a_refused_key_is_parked_after_its_attempts_while_a_batch_goes_on_without_it() {
        beginRefusing();
        refused.add(2L);
        second.writeAll(List.of(order(1), order(2), order(3)));
        awaitParked(1);
        assertThat(stores.next.rows).containsOnlyKeys(1L, 3L);
        assertThat(batches).as("the bulk form was tried").contains(3);
        await().until(() -> rig.events(KeyParked.class).size() == 1);
        assertThat(rig.migration.parkedKeys().list(10)).singleElement().satisfies(parked -> {
            assertThat(parked.key()).isEqualTo(new EntityKey("second", 2L));
            assertThat(parked.attempts()).isEqualTo(ATTEMPTS);
            assertThat(parked.reason()).isEqualTo("IllegalArgumentException");
        });
        assertThat(rig.migration.check(Stage.NEW_PRIMARY, Rig.ALICE))
                .anyMatch(reason -> reason.contains("1 keys are parked; mend and retry them"));
    }

    @Test
    void one_refused_key_does_not_break_up_a_whole_batch() {
        beginRefusing();
        refused.add(20L);
        second.writeAll(LongStream.range(0, 64).mapToObj(id -> order(id)).toList());
        awaitParked(1);
        assertThat(stores.next.rows).hasSize(63);
        assertThat(batches).as("one of 64 keys, two each of 32 to 2").hasSize(11);
    }

    @Test
    void a_secondary_that_does_not_answer_is_not_asked_for_one_half_of_a_batch_after_the_other() {
        beginRefusing();
        dead = true;
        second.writeAll(LongStream.range(0, 64).mapToObj(id -> order(id)).toList());
        await().until(() -> rig.events(SecondaryUnavailable.class).size() == 1);
        assertThat(batches)
                .as("the whole, and the few that found out that it is dead")
                .contains(64)
                .noneMatch(size -> size > Breaker.THRESHOLD && size < 64);
        dead = false;
        rig.awaitClean();
        assertThat(stores.next.rows).hasSize(64);
    }

    @Test
    void a_later_write_tries_a_parked_key_again() {
        beginRefusing();
        refused.add(2L);
        second.write(order(2));
        awaitParked(1);
        second.write(order(2).withStatus("still refused"));
        await().until(() -> rig.events(KeyParked.class).size() == 2);
        refused.clear();
        second.write(order(2).withStatus("accepted"));
        rig.awaitClean();
        assertThat(stores.next.row(2)).isEqualTo(order(2).withStatus("accepted"));
    }

    @Test
    void an_operator_retries_and_discards_single_keys_and_all() {
        beginRefusing();
        refused.addAll(List.of(1L, 2L, 3L, 4L));
        second.writeAll(List.of(order(1), order(2), order(3), order(4)));
        awaitParked(4);
        ParkedKeys parked = rig.migration.parkedKeys();
        assertThat(parked.list(2)).hasSize(2);

        assertThat(parked.discard(List.of(new EntityKey("second", 1L), new EntityKey("second", 99L)), Rig.ALICE))
                .containsExactly(new EntityKey("second", 1L));
        refused.remove(2L);
        assertThat(parked.retry(List.of(new EntityKey("second", 2L)), Rig.ALICE))
                .isEqualTo(1);
        awaitParked(2);
        assertThat(stores.next.rows).containsOnlyKeys(2L);
        refused.remove(3L);
        assertThat(parked.retryAll(Rig.ALICE)).isEqualTo(2);
        awaitParked(1);
        assertThat(parked.discardAll(Rig.ALICE)).containsExactly(new EntityKey("second", 4L));
        assertThat(rig.migration.status().ledger().dirty()).isZero();
        assertThat(rig.events(KeysRetried.class))
                .hasSize(2)
                .allMatch(event -> event.operator().equals(Rig.ALICE));
        assertThat(rig.events(KeysDiscarded.class)).hasSize(2);
        assertThat(parked.retryAll(Rig.ALICE)).isZero();
    }

    @Test
    void a_row_that_is_absent_after_a_write_is_parked_and_not_deleted() {
        begin(1_000);
        rig.orders.put(order(1));
        rig.awaitClean();
        rig.legacy.beforeRead = operation -> rig.legacy.rows.remove(1L);
        rig.orders.changeStatus(1, "hidden by a tenant filter");
        awaitParked(1);
        assertThat(rig.next.rows).containsOnlyKeys(1L);
        assertThat(rig.migration.parkedKeys().list(1))
                .extracting(ParkedKey::reason)
                .containsExactly("absent on the primary after a write");
    }

    @Test
    void marks_alone_delete_no_more_rows_than_the_cap_allows() throws Exception {
        begin(2);
        List<Long> keys = new ArrayList<>();
        for (long id = 1; id <= 6; id++) {
            rig.next.rows.put(id, order(id));
            keys.add(id);
        }
        keys.add(100L);
        rig.migration.copy(Orders.class).mark(keys);
        int everyKeyOnceAndFourOfThemOftenEnoughToPark = 7 + 4 * (ATTEMPTS + 2);
        await().until(() -> rig.next.reads.get() >= everyKeyOnceAndFourOfThemOftenEnoughToPark);
        assertThat(rig.next.rows).as("absent on both sides costs nothing").hasSize(4);
        assertThat(rig.migration.parkedKeys().list(10)).as("they wait").isEmpty();
        assertThat(rig.migration.status().ledger().dirty()).isEqualTo(4);
    }

    @Test
    void a_cap_that_lets_marks_delete_nothing_parks_what_would_have_to_go() throws Exception {
        begin(0);
        rig.next.rows.put(1L, order(1));
        rig.migration.copy(Orders.class).mark(List.of(1L));
        awaitParked(1);
        assertThat(rig.next.rows).containsOnlyKeys(1L);
        assertThat(rig.migration.parkedKeys().list(1))
                .extracting(ParkedKey::reason)
                .allMatch(reason -> reason.contains("too many deletes by marks"));
    }
}
