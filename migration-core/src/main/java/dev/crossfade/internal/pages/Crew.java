package dev.crossfade.internal.pages;

import dev.crossfade.spi.Platform;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;

/** The threads of one job in this process: as many as are wanted, each of which does one step after the other. */
public final class Crew {
    private final Platform platform;
    private final String name;
    private final IntSupplier wanted;
    private final Runnable step;
    private final Runnable end;

    /** Guarded by {@code this}. */
    private final Map<Integer, Platform.Worker> workers = new HashMap<>();

    /**
     * @param name   of the threads, before their number
     * @param wanted how many there should be now
     * @param step   is run again and again, and must not throw
     * @param end    is run by each thread that leaves, as the last it does; likewise
     */
    public Crew(Platform platform, String name, IntSupplier wanted, Runnable step, Runnable end) {
        this.platform = platform;
        this.name = name;
        this.wanted = wanted;
        this.step = step;
        this.end = end;
    }

    /** To be called after more may be wanted; those who are too many leave after their step. */
    public synchronized void hire() {
        int count = wanted.getAsInt();
        for (int i = 0; i < count; i++) {
            int index = i;
            workers.computeIfAbsent(index, free -> platform.spawn(name + index, () -> work(index)));
        }
    }

    private void work(int index) {
        while (stays(index)) {
            step.run();
        }
        end.run();
    }

    /** A worker leaves under the lock that hires: one that is wanted again is never missing. */
    private synchronized boolean stays(int index) {
        if (index < wanted.getAsInt()) {
            return true;
        }
        workers.remove(index);
        return false;
    }

    /** Waits for all to leave, when none is wanted any more. */
    public void join(Duration timeout) throws InterruptedException {
        long deadline = platform.nanoTime() + timeout.toNanos();
        for (Platform.Worker worker : present()) {
            worker.join(Duration.ofNanos(Math.max(1, deadline - platform.nanoTime())));
        }
    }

    private synchronized List<Platform.Worker> present() {
        return List.copyOf(workers.values());
    }
}
