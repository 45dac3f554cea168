package dev.crossfade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import dev.crossfade.control.Control;
import dev.crossfade.control.ManualControl;
import dev.crossfade.control.Stage;
import dev.crossfade.event.MigrationEvent;
import dev.crossfade.event.MigrationEvent.Closed;
import dev.crossfade.event.MigrationEvent.Started;
import dev.crossfade.testing.LogCapture;
import dev.crossfade.testing.Order;
import dev.crossfade.testing.Orders;
import dev.crossfade.testing.Patience;
import dev.crossfade.testing.Rig;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class LifecycleTest {
    private final CountDownLatch release = new CountDownLatch(1);
    private final LogCapture log = LogCapture.begin();
    private Rig rig = Rig.built(b -> {});

    @AfterEach
    void close() {
        release.countDown();
        rig.close();
        log.close();
    }

    private static Order order(long id) {
        return new Order(id, 7, "new", null);
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .map(Thread::getName)
                .filter(name -> name.startsWith("crossfade-orders-"))
                .toList();
    }

    @Test
    void building_starts_no_thread_and_calls_no_store() {
        // Those of another test may be ending still.
        await().until(() -> threads().isEmpty());
        rig = Rig.built(b -> {});
        assertThat(threads()).isEmpty();
        assertThat(rig.legacy.reads.get() + rig.next.reads.get()).isZero();
        assertThat(rig.migration.name()).isEqualTo("orders");
        assertThat(rig.migration.toString()).contains("orders", "LEGACY_ONLY");
    }

    @Test
    void before_start_reads_are_answered_and_writes_say_what_to_do() {
        rig = Rig.built(b -> {});
        rig.legacy.rows.put(1L, order(1));
        assertThat(rig.orders.findById(1)).isPresent();
        assertThatThrownBy(() -> rig.orders.put(order(2)))
                .isInstanceOf(PhaseMovedException.class)
                .hasMessageContainingAll(
                        "'orders'", "stage is not known", "Nothing was written", "Start the migration");
        assertThatThrownBy(() -> rig.migration.moveTo(Stage.LEGACY_PRIMARY, Rig.ALICE))
                .hasMessageContaining("Call start() first");
        assertThatThrownBy(() -> rig.migration.copy(Orders.class)).hasMessageContaining("Call start() first");
        assertThat(rig.legacy.rows).hasSize(1);
    }

    @Test
    void starting_twice_and_starting_after_close_are_told_apart() {
        rig = Rig.at(Stage.LEGACY_ONLY);
        assertThat(rig.events(Started.class)).hasSize(1);
        assertThatThrownBy(rig.migration::start)
                .isInstanceOf(MigrationException.class)
                .hasMessageContaining("called twice");
        rig.orders.put(order(1));
        rig.migration.close();
        assertThatThrownBy(rig.migration::start)
                .isInstanceOf(MigrationException.class)
                .hasMessageContainingAll("after close()", "Build another");
    }

    @Test
    void a_migration_that_was_closed_unstarted_stays_closed() {
        rig = Rig.built(b -> {});
        rig.migration.close();
        assertThatThrownBy(() -> rig.orders.put(order(1))).hasMessageContaining("it is closed");
        assertThat(rig.events(Closed.class)).isEmpty();
    }

    @Test
    void closing_stops_every_thread_and_refuses_writes_while_reads_go_to_the_primary() {
        rig = Rig.at(Stage.LEGACY_PRIMARY, b -> b.reads(reads -> reads.deadline(Patience.LIMIT)));
        rig.orders.put(order(1));
        rig.copyAll();
        rig.control.readNewPercent(100).shadowPercent(100);
        assertThat(rig.orders.findById(1)).isPresent();
        await().until(() -> threads().size() >= 4);
        rig.migration.close();
        await().until(() -> threads().isEmpty());
        assertThat(rig.events(Closed.class))
                .singleElement()
                .satisfies(closed -> assertThat(closed.leftDirty()).isZero());
        assertThat(log.lines(Level.INFO)).anyMatch(line -> line.equals("orders - closed, nothing is dirty"));

        assertThatThrownBy(() -> rig.orders.put(order(2)))
                .isInstanceOf(MigrationException.class)
                .hasMessageContainingAll("'orders'", "closed", "Nothing was written");
        assertThatThrownBy(() -> rig.migration.inTransaction(() -> {})).hasMessageContaining("closed");
        assertThatThrownBy(() -> rig.migration.moveTo(Stage.LEGACY_ONLY, Rig.ALICE))
                .hasMessageContaining("it is closed");
        int reads = rig.next.reads.get();
        assertThat(rig.orders.findById(1)).isPresent();
        assertThat(rig.next.reads).as("nobody keeps the secondary up to date").hasValue(reads);

        rig.migration.close();
        assertThat(rig.events(Closed.class)).as("closing twice").hasSize(1);
    }

    @Test
    void closing_drains_what_is_dirty() {
        rig = Rig.at(
                Stage.LEGACY_PRIMARY,
                b -> b.closeTimeout(Patience.LIMIT).relay(relay -> relay.inlineWait(Duration.ZERO)));
        rig.next.beforeWrite = operation -> release.await(100, TimeUnit.MILLISECONDS);
        for (long id = 1; id <= 5; id++) {
            rig.orders.put(order(id));
        }
        rig.migration.close();
        assertThat(rig.next.rows).isEqualTo(rig.legacy.rows).hasSize(5);
    }

    @Test
    void closing_waits_for_a_write_under_way_and_its_key() throws Exception {
        rig = Rig.at(Stage.LEGACY_PRIMARY, b -> b.closeTimeout(Patience.LIMIT));
        CountDownLatch writing = new CountDownLatch(1);
        rig.legacy.beforeWrite = operation -> {
            writing.countDown();
            release.await();
        };
        Thread writer = new Thread(() -> rig.orders.put(order(1)));
        writer.start();
        writing.await();
        Thread closer = new Thread(rig.migration::close);
        closer.start();
        await().until(() -> closer.getState() == Thread.State.TIMED_WAITING);
        release.countDown();
        closer.join();
        writer.join();
        assertThat(rig.next.rows).containsOnlyKeys(1L);
        assertThat(rig.events(Closed.class))
                .singleElement()
                .satisfies(closed -> assertThat(closed.leftDirty()).isZero());
    }

    @Test
    void a_hanging_secondary_holds_up_closing_no_longer_than_the_bound_and_the_rest_is_told() {
        rig = Rig.at(
                Stage.LEGACY_PRIMARY, b -> b.relay(relay -> relay.threads(8).inlineWait(Duration.ZERO)));
        rig.next.beforeWrite = operation -> hangDeafly();
        for (long id = 1; id <= 8; id++) {
            rig.orders.put(order(id));
        }
        long began = System.nanoTime();
        rig.migration.close();
        assertThat(Duration.ofNanos(System.nanoTime() - began))
                .as("500 ms to drain, a second for all threads together, a second for the others")
                .isLessThan(Duration.ofSeconds(8));
        assertThat(log.lines(Level.WARN))
                .anyMatch(line -> line.contains("closed with 8 keys dirty; the in-memory ledger forgets them, so copy"))
                .anyMatch(line -> line.contains("holds on to a relay thread in spite of an interrupt"));
        assertThat(rig.events(Closed.class))
                .singleElement()
                .satisfies(closed -> assertThat(closed.leftDirty()).isEqualTo(8));
        release.countDown();
        await().until(() -> threads().isEmpty());
    }

    private void hangDeafly() {
        while (release.getCount() > 0) {
            try {
                release.await();
            } catch (InterruptedException deaf) {
                // A driver in a native call does not hear it either.
            }
        }
    }

    @Test
    void a_listener_that_throws_disturbs_nobody() {
        rig = Rig.at(
                Stage.LEGACY_ONLY,
                b -> b.listener(event -> {
                    throw new AssertionError("listener");
                }));
        assertThat(rig.migration.moveTo(Stage.LEGACY_PRIMARY, Rig.ALICE).moved())
                .isTrue();
        assertThat(rig.events).hasAtLeastOneElementOfType(MigrationEvent.StageMoved.class);
        assertThat(log.lines(Level.WARN)).anyMatch(line -> line.contains("a listener failed on Started"));
    }

    @Test
    void a_control_that_fails_to_open_leaves_no_thread_behind() {
        Control broken = (migration, platform, sink) -> {
            throw new IllegalStateException("no such provider");
        };
        rig = Rig.built(b -> b.control(broken));
        assertThatThrownBy(rig.migration::start).hasMessage("no such provider");
        await().until(() -> threads().isEmpty());
    }

    @Test
    void an_in_memory_ledger_says_at_start_what_a_crash_loses() {
        rig = Rig.at(Stage.LEGACY_ONLY);
        assertThat(log.lines(Level.WARN))
                .singleElement()
                .asString()
                .startsWith("orders - ledger and fence are held in memory")
                .contains("a crash loses the keys that are dirty");
    }

    @Test
    void two_migrations_keep_out_of_each_other() {
        rig = Rig.at(Stage.LEGACY_ONLY);
        try (Migration other = Migration.of("other")
                .between(Store.plain("legacy"), Store.plain("new"))
                .repository(
                        Orders.class,
                        r -> r.from(rig.legacy)
                                .to(rig.next)
                                .key(Order.class, Order::id)
                                .overwrite(Orders::put))
                .control(ManualControl.create())
                .startingAt(Stage.LEGACY_ONLY)
                .build()
                .start()) {
            Orders others = other.repository(Orders.class);
            rig.migration.inTransaction(() -> others.put(order(1)));
            assertThat(other.status().writes()).containsEntry(Side.LEGACY, 1L);
            assertThat(rig.migration.status().writes()).containsEntry(Side.LEGACY, 0L);
        }
    }
}
