package dev.crossfade.internal.lane;

import dev.crossfade.spi.FailureSummary;
import dev.crossfade.spi.Platform;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A few threads behind a short queue. What does not fit is refused, never queued elsewhere. The threads start with the
 * first task.
 */
public final class Lane {
    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");
    private static final Duration LONGEST_SLEEP = Duration.ofMinutes(1);

    private final Platform platform;
    private final Platform.Signal signal;
    private final String name;
    private final int threads;
    private final int capacity;

    /** Guarded by {@code this}. */
    private final Deque<Runnable> queue = new ArrayDeque<>();

    /** Guarded by {@code this}. */
    private final List<Slot> slots = new ArrayList<>();

    /** Written under {@code this}. */
    private volatile boolean closed;

    /** Written under {@code this}. */
    private volatile int queued;

    /** Written under {@code this}. */
    private volatile int idle;

    /** One thread of the lane; its fields are guarded by the slot. */
    private static final class Slot {
        Platform.@Nullable Worker worker;
        boolean busy;
        long busySince;
    }

    public Lane(Platform platform, String name, int threads, int capacity) {
        this.platform = platform;
        this.signal = platform.newSignal();
        this.name = name;
        this.threads = threads;
        this.capacity = capacity;
    }

    /** Queues a task; false if the queue is full or the lane closed, and then the task never runs. */
    public boolean offer(Runnable task) {
        if (queued >= capacity) {
            return false;
        }
        boolean wake;
        synchronized (this) {
            if (closed || queue.size() >= capacity) {
                return false;
            }
            queue.add(task);
            queued = queue.size();
            wake = idle > 0;
            if (idle < queue.size() && slots.size() < threads) {
                startOne();
            }
        }
        if (wake) {
            signal.raise();
        }
        return true;
    }

    private void startOne() {
        Slot slot = new Slot();
        slots.add(slot);
        slot.worker = platform.spawn(name + "-" + slots.size(), () -> work(slot));
    }

    private void work(Slot slot) {
        while (!closed) {
            Runnable task = poll();
            try {
                if (task == null) {
                    awaitTask();
                } else {
                    run(slot, task);
                }
            } catch (InterruptedException stale) {
                // It was meant for a task that has ended; close() sets the flag that ends the loop.
                log.debug("{} - woken by an interrupt", name);
            }
        }
    }

    private synchronized @Nullable Runnable poll() {
        Runnable task = queue.poll();
        queued = queue.size();
        return task;
    }

    private void awaitTask() throws InterruptedException {
        synchronized (this) {
            idle++;
        }
        try {
            signal.await(() -> closed || queued > 0, LONGEST_SLEEP);
        } finally {
            synchronized (this) {
                idle--;
            }
        }
    }

    private void run(Slot slot, Runnable task) {
        synchronized (slot) {
            slot.busy = true;
            slot.busySince = platform.nanoTime();
        }
        try {
            task.run();
        } catch (Throwable failure) {
            log.warn("{} - a task failed with {}; the lane goes on", name, FailureSummary.of(failure));
        } finally {
            synchronized (slot) {
                slot.busy = false;
            }
            // Whoever interrupted meant the task that has ended.
            Thread.interrupted();
        }
    }

    /** Interrupts the threads whose task has run for this long. */
    public void interruptOverdue(long nanos) {
        long now = platform.nanoTime();
        List<Slot> all;
        synchronized (this) {
            all = List.copyOf(slots);
        }
        for (Slot slot : all) {
            synchronized (slot) {
                if (slot.busy && now - slot.busySince >= nanos && slot.worker != null) {
                    slot.worker.interrupt();
                }
            }
        }
    }

    /** Drops what is queued and stops the threads within the time; returns how many tasks were dropped. */
    public int close(Duration timeout) {
        int dropped;
        List<Slot> all;
        synchronized (this) {
            closed = true;
            dropped = queue.size();
            queue.clear();
            queued = 0;
            all = List.copyOf(slots);
        }
        signal.raise();
        interruptOverdue(0);
        long deadline = platform.nanoTime() + timeout.toNanos();
        for (Slot slot : all) {
            Platform.Worker worker = slot.worker;
            if (worker != null) {
                join(worker, Math.max(1_000_000, deadline - platform.nanoTime()));
            }
        }
        return dropped;
    }

    private static void join(Platform.Worker worker, long nanos) {
        try {
            worker.join(Duration.ofNanos(nanos));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
