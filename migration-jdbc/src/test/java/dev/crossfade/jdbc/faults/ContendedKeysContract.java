package dev.crossfade.jdbc.faults;

import static dev.crossfade.jdbc.faults.Scene.number;
import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.jdbc.internal.sql.Counter;
import dev.crossfade.jdbc.orders.Order;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;

/** Many threads on few keys: every write counts once, in the store and in the ledger. */
abstract class ContendedKeysContract extends FaultContract {
    private static final int KEYS = 40;

    private final AtomicLongArray acknowledged = new AtomicLongArray(KEYS + 1);

    private void createOrders(Instance service) {
        List<Order> orders = new ArrayList<>();
        for (int id = 1; id <= KEYS; id++) {
            orders.add(new Order(id, "n" + id, "open", 0));
        }
        service.orders.putAll(orders);
        scene.awaitClean();
    }

    /** Both stores and the ledger have counted what was acknowledged, and nothing else. */
    private void endsExact() {
        List<Order> held = scene.end();
        for (Order order : held) {
            assertThat(order.steps()).as("steps of order " + order.id()).isEqualTo(acknowledged.get((int) order.id()));
        }
        long counted = number(scene.legacy(), "SELECT sum(counter) FROM crossfade_ledger WHERE side = 'L'");
        long written = held.stream().mapToLong(Order::steps).sum();
        assertThat(counted).as("versions, the first included").isEqualTo((written + KEYS) * Counter.WRITE);
    }

    private static void onThreads(int threads, Runnable work) {
        List<Meanwhile<Void>> running = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            running.add(meanwhile(() -> {
                work.run();
                return null;
            }));
        }
        running.forEach(Meanwhile::result);
    }

    @Test
    void transactions_on_several_keys_in_random_order_lose_no_write_and_mark_exactly_what_they_wrote() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Instance service = scene.startDual(scene.setup()
                .legacyPool(32)
                .change(builder -> builder.relay(relay -> relay.inlineWait(Duration.ZERO))));
        // On a slow machine it takes long to open so many.
        service.patientForLegacy(LONG);
        createOrders(service);
        int gaveWay = crossing(service);
        AtomicInteger seeds = new AtomicInteger();

        onThreads(32, () -> {
            Random random = new Random(seed + seeds.incrementAndGet());
            for (int i = 0; i < 10; i++) {
                List<Long> keys = threeOf(random);
                writeInTheEnd(service, keys);
                keys.forEach(key -> acknowledged.incrementAndGet(key.intValue()));
            }
        });

        assertThat(gaveWay).as("transactions that gave way to others").isPositive();
        endsExact();
    }

    /** Two transactions that hold a key each before they want the other's: the only meeting that chance need not bring. */
    private int crossing(Instance service) {
        AtomicInteger gaveWay = new AtomicInteger();
        CyclicBarrier bothHold = new CyclicBarrier(2);
        AtomicBoolean turned = new AtomicBoolean();
        onThreads(2, () -> {
            List<Long> keys = turned.getAndSet(true) ? List.of(2L, 1L) : List.of(1L, 2L);
            boolean written = isWritten(service, () -> {
                write(service, keys.subList(0, 1));
                meet(bothHold);
                write(service, keys.subList(1, 2));
            });
            if (!written) {
                gaveWay.incrementAndGet();
                writeInTheEnd(service, keys);
            }
            keys.forEach(key -> acknowledged.incrementAndGet(key.intValue()));
        });
        return gaveWay.get();
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await(LONG.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("the other transaction did not come so far", e);
        }
    }

    private static void writeInTheEnd(Instance service, List<Long> keys) {
        boolean written = false;
        while (!written) {
            written = isWritten(service, () -> write(service, keys));
        }
    }

    private static void write(Instance service, List<Long> keys) {
        keys.forEach(service.orders::step);
    }

    private static List<Long> threeOf(Random random) {
        List<Long> keys = new ArrayList<>();
        for (long id = 1; id <= KEYS; id++) {
            keys.add(id);
        }
        Collections.shuffle(keys, random);
        return keys.subList(0, 3);
    }

    /** False if the database gave way to another transaction, as it does where they meet in different orders. */
    private static boolean isWritten(Instance service, Runnable writes) {
        try {
            service.service.migration.inTransaction(() -> writes.run());
            return true;
        } catch (RuntimeException refused) {
            assertThat(Contention.isCauseOf(refused)).as(refused.toString()).isTrue();
            return false;
        }
    }

    @Test
    void a_row_that_is_written_again_and_again_is_refreshed_far_less_often() {
        Instance service = scene.startDual(
                scene.setup().change(builder -> builder.relay(relay -> relay.inlineWait(Duration.ZERO))));
        createOrders(service);
        Instance other =
                scene.start(scene.setup().change(builder -> builder.relay(relay -> relay.inlineWait(Duration.ZERO))));
        // The secondary needs its time, as a remote one does.
        service.onNew.always("COMMIT", () -> pause());
        other.onNew.always("COMMIT", () -> pause());
        long before = refreshes(service) + refreshes(other);
        int writes = 1_000;
        AtomicInteger next = new AtomicInteger();

        onThreads(8, () -> {
            for (int n = next.incrementAndGet(); n <= writes; n = next.incrementAndGet()) {
                Instance writer = n % 2 == 0 ? service : other;
                int id = n % 10 == 0 ? 2 + n / 10 % (KEYS - 1) : 1;
                writer.orders.step(id);
                acknowledged.incrementAndGet(id);
            }
        });

        scene.awaitClean();
        assertThat(refreshes(service) + refreshes(other) - before).isLessThan(writes / 2);
        endsExact();
    }

    private static void pause() {
        java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
    }

    private static long refreshes(Instance instance) {
        return instance.onNew.count("INSERT INTO orders")
                + instance.onNew.count("MERGE INTO orders")
                + instance.onNew.count("UPDATE orders");
    }
}
