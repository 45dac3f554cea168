package dev.crossfade.internal.pages;

import dev.crossfade.spi.Platform;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntSupplier;

/** The threads of one job in this process: as many as are wanted, each of which does one step after the other. */
public final class Crew {
    private final Platform platform;
    private final String name;
    private final IntSupplier wanted;
    private final Runnable step;
    private final Runnable end;

    /** By number, those that have left included: they are waited for until their thread is over. Guarded by {@code this}. */
    private final Map<Integer, Platform.Worker> workers = new HashMap<>();

    /** The numbers of those that have not left. Guarded by {@code this}. */
    private final Set<Integer> present = new HashSet<>();

    /**
     * @param name   of the threads, before their number
     * @param wanted how many there should be now
     * @param step   is run again and again, and must not throw
     * @param end    is run by each thread that is not wanted any more, before it leaves; likewise
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
            if (!present.contains(index)) {
                workers.put(index, platform.spawn(name + index, () -> work(index)));
                present.add(index);
            }
        }
    }

    private void work(int index) {
        do {
            while (index < wanted.getAsInt()) {
                step.run();
            }
            end.run();
        } while (!leaves(index));
    }

    /** A worker leaves under the lock that hires: one that is wanted again is never missing. */
    private synchronized boolean leaves(int index) {
        return index >= wanted.getAsInt() && present.remove(index);
    }

    /** Waits until all have left and their threads are over, when none is wanted any more. */
    public void join(Duration timeout) throws InterruptedException {
        long deadline = platform.nanoTime() + timeout.toNanos();
        for (Platform.Worker worker : hired()) {
            worker.join(Duration.ofNanos(Math.max(1, deadline - platform.nanoTime())));
        }
    }

    private synchronized List<Platform.Worker> hired() {
        return List.copyOf(workers.values());
    }
}
