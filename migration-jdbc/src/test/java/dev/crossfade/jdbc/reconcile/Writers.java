package dev.crossfade.jdbc.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.crossfade.jdbc.orders.Order;
import dev.crossfade.jdbc.orders.Orders;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Threads that write a few orders again and again, delete them and bring them back, until they are closed. */
final class Writers implements AutoCloseable {
    private static final int THREADS = 2;

    private final List<Thread> threads = new ArrayList<>();
    private final AtomicInteger writes = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile boolean stopped;

    static Writers of(Orders orders, int first, int last, long seed) {
        Writers writers = new Writers();
        for (int i = 0; i < THREADS; i++) {
            // Each has orders of its own, so that none meets one that the other has deleted.
            int offset = i;
            Random random = new Random(seed + i);
            Thread thread = new Thread(() -> writers.write(orders, first, last, offset, random), "writer-" + i);
            writers.threads.add(thread);
            thread.start();
        }
        return writers;
    }

    private void write(Orders orders, int first, int last, int offset, Random random) {
        try {
            while (!stopped) {
                long id = first + offset + (long) THREADS * random.nextInt((last - first) / THREADS);
                switch (random.nextInt(4)) {
                    case 0 -> {
                        orders.deleteById(id);
                        orders.put(new Order(id, "n" + id, "again", id));
                    }
                    case 1 -> orders.put(new Order(id, "n" + id, "put", random.nextInt()));
                    default -> orders.step(id);
                }
                writes.incrementAndGet();
            }
        } catch (Throwable thrown) {
            failure.set(thrown);
        }
    }

    /** Waits until so many writes were made since. */
    void haveWritten(int more) {
        int before = writes.get();
        await().until(() -> failure.get() != null || writes.get() >= before + more);
        assertThat(failure.get()).isNull();
    }

    @Override
    public void close() {
        stopped = true;
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        assertThat(failure.get()).isNull();
    }
}
