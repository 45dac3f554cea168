package dev.crossfade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.crossfade.control.Stage;
import dev.crossfade.event.MigrationEvent.KeyParked;
import dev.crossfade.event.MigrationEvent.SecondaryAvailable;
import dev.crossfade.event.MigrationEvent.SecondaryUnavailable;
import dev.crossfade.testing.FakeOrders;
import dev.crossfade.testing.Order;
import dev.crossfade.testing.Patience;
import dev.crossfade.testing.Rig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever the secondary does, the primary's callers see none of it, and both stores are equal in the end. */
@Timeout(180)
class SecondaryTroubleTest {
    private Rig rig = Rig.at(Stage.LEGACY_PRIMARY);
    private final CountDownLatch release = new CountDownLatch(1);

    @AfterEach
    void close() {
        release.countDown();
        rig.close();
    }

    private static Order order(long id) {
        return new Order(id, 7, "new", null);
    }

    private void secondary(FakeOrders.Hook hook) {
        rig.next.beforeRead = hook;
        rig.next.beforeWrite = hook;
    }

    private void heal() {
        secondary(operation -> {});
    }

    enum Trouble {
        DEAD,
        TIMES_OUT,
        ERROR,
        OVERFLOW,
        REFUSES;

        Throwable failure() {
            return switch (this) {
                case DEAD -> new SQLTransientConnectionException("no connection");
                case TIMES_OUT -> new SQLTimeoutException("too slow");
                case ERROR -> new LinkageError("no such class");
                case OVERFLOW -> new StackOverflowError();
                case REFUSES -> new IllegalArgumentException("no");
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_failing_secondary_changes_no_result_and_no_exception(Trouble trouble) {
        rig.close();
        // However long it takes: a parked key would stay dirty.
        rig = Rig.at(Stage.LEGACY_PRIMARY, b -> b.relay(relay -> relay.maxAttempts(1_000_000)));
        secondary(operation -> {
            throw trouble.failure();
        });
        Order created = rig.orders.create(new Order(null, 7, "new", "note"));
        assertThat(created.id()).isEqualTo(1L);
        assertThat(rig.orders.changeStatus(1, "paid")).isTrue();
        assertThat(rig.orders.changeStatus(99, "paid")).isFalse();
        assertThat(rig.orders.findById(1)).contains(created.withStatus("paid"));
        IllegalStateException own = new IllegalStateException("of the primary");
        rig.legacy.beforeWrite = operation -> {
            throw own;
        };
        assertThat(catchThrowable(() -> rig.orders.deleteById(1))).isSameAs(own);
        assertThat(own.getSuppressed()).isEmpty();
        rig.legacy.beforeWrite = operation -> {};

        heal();
        rig.orders.changeStatus(1, "shipped");
        rig.awaitClean();
        assertThat(rig.next.rows).isEqualTo(rig.legacy.rows);
    }

    @Test
    void an_update_of_a_row_that_does_not_exist_parks_nothing() {
        assertThat(rig.orders.changeStatus(99, "paid")).isFalse();
        rig.awaitClean();
        assertThat(rig.events(KeyParked.class)).isEmpty();
    }

    @Test
    void a_hanging_secondary_costs_a_writer_the_inline_wait_at_most_and_hot_keys_coalesce() throws Exception {
        secondary(operation -> release.await());
        rig.orders.put(order(1));
        long began = System.nanoTime();
        for (int n = 0; n < 20; n++) {
            rig.orders.changeStatus(1, "status " + n);
        }
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began))
                .as("20 waits of 50 ms")
                .isLessThan(20_000);
        assertThat(rig.migration.status().ledger().dirty()).isEqualTo(1);

        heal();
        release.countDown();
        rig.awaitClean();
        assertThat(rig.next.row(1)).isEqualTo(order(1).withStatus("status 19"));
        assertThat(rig.next.writes.get()).as("21 writes of one key").isLessThanOrEqualTo(3);
    }

    @Test
    void a_store_that_is_dead_for_long_parks_nothing_and_is_told_once() {
        rig.close();
        rig = Rig.at(Stage.LEGACY_PRIMARY, b -> b.relay(relay -> relay.maxAttempts(1)));
        AtomicInteger tries = new AtomicInteger();
        secondary(operation -> {
            tries.incrementAndGet();
            throw new SQLTransientConnectionException("no connection");
        });
        for (long id = 1; id <= 30; id++) {
            rig.orders.put(order(id));
        }
        await().until(() ->
                tries.get() > 8 && !rig.events(SecondaryUnavailable.class).isEmpty());
        assertThat(rig.migration.status().ledger().parked()).isZero();
        assertThat(rig.events(SecondaryUnavailable.class)).singleElement().satisfies(event -> {
            assertThat(event.secondary()).isEqualTo(Side.NEW);
            assertThat(event.failure().type()).isEqualTo(SQLTransientConnectionException.class.getName());
        });
        heal();
        rig.awaitClean();
        assertThat(rig.next.rows).isEqualTo(rig.legacy.rows).hasSize(30);
        assertThat(rig.events(SecondaryAvailable.class)).hasSize(1);
    }

    @Test
    void a_primary_that_cannot_be_read_is_not_told_as_a_dead_secondary() {
        AtomicInteger tries = new AtomicInteger();
        rig.legacy.beforeRead = operation -> {
            tries.incrementAndGet();
            throw new SQLTransientConnectionException("no connection");
        };
        for (long id = 1; id <= 10; id++) {
            rig.orders.put(order(id));
        }
        await().until(() -> tries.get() > 10);
        assertThat(rig.events(SecondaryUnavailable.class)).isEmpty();
        assertThat(rig.migration.status().ledger().parked()).isZero();
        rig.legacy.beforeRead = operation -> {};
        rig.awaitClean();
        assertThat(rig.next.rows).hasSize(10);
    }

    @Test
    void a_write_that_throws_after_it_wrote_is_healed() {
        rig.orders.put(order(1));
        rig.legacy.beforeWrite = operation -> {
            rig.legacy.rows.put(1L, order(1).withStatus("written all the same"));
            throw new UncheckedIOException(new IOException("the answer got lost"));
        };
        assertThat(catchThrowable(() -> rig.orders.changeStatus(1, "paid"))).isInstanceOf(UncheckedIOException.class);
        rig.awaitClean();
        assertThat(rig.next.row(1)).isEqualTo(rig.legacy.row(1));
    }

    @Test
    void a_failed_write_of_a_row_that_never_came_to_be_parks_nothing() {
        rig.legacy.beforeWrite = operation -> {
            throw new IllegalStateException("refused");
        };
        assertThat(catchThrowable(() -> rig.orders.put(order(5)))).isInstanceOf(IllegalStateException.class);
        rig.awaitClean();
        assertThat(rig.next.rows).isEmpty();
        assertThat(rig.events(KeyParked.class)).isEmpty();
    }

    @Test
    void only_state_operations_write_the_secondary() {
        List<String> operations = new CopyOnWriteArrayList<>();
        rig.next.beforeWrite = operations::add;
        rig.orders.create(new Order(null, 7, "new", null));
        rig.orders.changeStatus(1, "paid");
        rig.orders.deleteById(1);
        rig.awaitClean();
        assertThat(operations).containsOnly("put", "deleteById");
    }

    @Test
    void inline_refresh_lets_a_writer_find_its_write_on_the_secondary() {
        rig.close();
        rig = Rig.at(Stage.LEGACY_PRIMARY, b -> b.relay(relay -> relay.inlineWait(Patience.LIMIT)));
        rig.orders.put(order(1));
        assertThat(rig.next.row(1)).isEqualTo(order(1));
        rig.control.readsToPrimary(true);
        secondary(operation -> release.await(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS));
        long began = System.nanoTime();
        rig.orders.put(order(2));
        assertThat(Duration.ofNanos(System.nanoTime() - began))
                .as("the kill switch ends the waiting")
                .isLessThan(Patience.LIMIT.dividedBy(2));
    }
}
