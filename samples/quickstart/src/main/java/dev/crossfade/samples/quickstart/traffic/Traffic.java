package dev.crossfade.samples.quickstart.traffic;

import dev.crossfade.samples.quickstart.domain.OrderRepository;
import dev.crossfade.samples.quickstart.seed.AddressBook;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
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

    /** Callers hold one permit each while they work; whoever wants silence takes them all. */
    private final Semaphore silence;

    private final int callers;

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
        this.callers = settings.threads();
        this.silence = new Semaphore(callers, true);
        List<List<Long>> shares = deal(book.existingIds(), reserved, callers);
        this.periodNanos = TimeUnit.SECONDS.toNanos(1) * settings.threads() / settings.operationsPerSecond();
        for (int i = 0; i < settings.threads(); i++) {
            String name = "traffic-" + i;
            Worker worker = new Worker(name, orders, book, customers, shares.get(i), settings, retryable, tally);
            Thread thread = new Thread(() -> run(worker), name);
            thread.setDaemon(true);
            threads.add(thread);
        }
    }

    public void start() {
        threads.forEach(Thread::start);
    }

    /** Returns when no call is under way; none begins until {@link #resume}. */
    public void pause() {
        silence.acquireUninterruptibly(callers);
    }

    public void resume() {
        silence.release(callers);
    }

    public TrafficCounts counts() {
        return tally.counts();
    }

    /** The longest that a caller has waited for a write, retries included, since this was asked before. */
    public Duration longestWriteSinceAsked() {
        return Duration.ofNanos(tally.longestWriteNanos.getThenReset());
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
        silence.acquireUninterruptibly();
        try {
            worker.work();
        } finally {
            silence.release();
        }
    }

    /** In turns, so that every caller has orders whatever the ids are. */
    private static List<List<Long>> deal(List<Long> ids, Set<Long> reserved, int callers) {
        List<List<Long>> shares = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            shares.add(new ArrayList<>());
        }
        int next = 0;
        for (Long id : ids) {
            if (!reserved.contains(id)) {
                shares.get(next++ % callers).add(id);
            }
        }
        return shares;
    }
}
