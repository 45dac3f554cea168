package dev.crossfade.samples.quickstart.traffic;

import dev.crossfade.samples.quickstart.domain.OrderRepository;
import dev.crossfade.samples.quickstart.seed.AddressBook;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Callers that use the repository at a steady rate, each in a thread of its own and with orders of its own, until
 * closed. What they were told stands in the {@link OrderBook}.
 */
public final class Traffic implements AutoCloseable {
    private static final long LARGEST_BACKLOG_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long CLOSE_MILLIS = 20_000;

    private final List<Thread> threads = new ArrayList<>();
    private final Tally tally = new Tally();
    private final long periodNanos;

    /** Callers work under the read lock; whoever wants silence takes the write lock. */
    private final ReentrantReadWriteLock silence = new ReentrantReadWriteLock(true);

    private volatile boolean stopped;
    private volatile @Nullable Throwable crash;

    /**
     * @param reserved  orders that the traffic leaves alone
     * @param retryable tells of a failure whether nothing was done and the call may be repeated
     */
    public Traffic(
            OrderRepository orders,
            OrderBook book,
            List<AddressBook> customers,
            Set<Long> reserved,
            TrafficSettings settings,
            Predicate<Throwable> retryable) {
        this.periodNanos = TimeUnit.SECONDS.toNanos(1) * settings.threads() / settings.operationsPerSecond();
        for (int i = 0; i < settings.threads(); i++) {
            String name = "traffic-" + i;
            Worker worker = new Worker(
                    name,
                    orders,
                    book,
                    customers,
                    share(book.existingIds(), reserved, i, settings.threads()),
                    settings,
                    retryable,
                    tally);
            Thread thread = new Thread(() -> run(worker), name);
            thread.setDaemon(true);
            threads.add(thread);
        }
    }

    public void start() {
        threads.forEach(Thread::start);
    }

    /** Returns when no call is under way; none begins until {@link #resume}, by the same thread. */
    public void pause() {
        silence.writeLock().lock();
    }

    public void resume() {
        silence.writeLock().unlock();
    }

    public TrafficCounts counts() {
        return tally.counts();
    }

    /**
     * Ends the traffic after the calls under way, waiting up to {@value #CLOSE_MILLIS} milliseconds.
     *
     * @throws IllegalStateException if a caller died of a mistake of its own or does not end
     */
    @Override
    public void close() {
        stopped = true;
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CLOSE_MILLIS);
        for (Thread thread : threads) {
            join(thread, deadline);
        }
        Throwable cause = crash;
        if (cause != null) {
            throw new IllegalStateException("A caller of the traffic died; the run proves nothing", cause);
        }
    }

    private static void join(Thread thread, long deadline) {
        try {
            thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            throw new IllegalStateException("Thread " + thread.getName() + " is still in a call");
        }
    }

    private void run(Worker worker) {
        try {
            long due = System.nanoTime();
            while (!stopped) {
                work(worker);
                due = Math.max(due + periodNanos, System.nanoTime() - LARGEST_BACKLOG_NANOS);
                LockSupport.parkNanos(due - System.nanoTime());
            }
        } catch (RuntimeException | Error e) {
            crash = e;
            throw e;
        }
    }

    private void work(Worker worker) {
        silence.readLock().lock();
        try {
            worker.work();
        } finally {
            silence.readLock().unlock();
        }
    }

    private static List<Long> share(List<Long> ids, Set<Long> reserved, int part, int parts) {
        return ids.stream()
                .filter(id -> id % parts == part && !reserved.contains(id))
                .toList();
    }
}
