package dev.crossfade.testing;

import dev.crossfade.spi.Platform;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/** Real threads, time moved by hand: whoever waits with a timeout goes on when {@link #advance} has passed it. */
public final class ManualPlatform implements Platform {
    private final Object monitor = new Object();
    private final List<String> spawned = new CopyOnWriteArrayList<>();
    private final RandomGenerator random = new Random(1);

    /** Written under the monitor. Read without it: conditions run under it and take locks whose holders ask the time. */
    private volatile long nanos;

    /** Moves time on and wakes everyone whose time is over. */
    public void advance(Duration time) {
        synchronized (monitor) {
            nanos += time.toNanos();
            monitor.notifyAll();
        }
    }

    /** The names of all threads that were ever started here. */
    public List<String> spawned() {
        return List.copyOf(spawned);
    }

    @Override
    public long nanoTime() {
        return nanos;
    }

    @Override
    public Instant now() {
        return Instant.EPOCH.plusNanos(nanoTime());
    }

    @Override
    public Worker spawn(String name, Runnable body) {
        spawned.add(name);
        return Platform.system().spawn(name, body);
    }

    @Override
    public Signal newSignal() {
        return new ManualSignal();
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    private final class ManualSignal implements Signal {
        @Override
        public boolean await(BooleanSupplier condition, Duration timeout) throws InterruptedException {
            synchronized (monitor) {
                long deadline = nanos + timeout.toNanos();
                while (!condition.getAsBoolean()) {
                    if (nanos >= deadline) {
                        return false;
                    }
                    monitor.wait();
                }
                return true;
            }
        }

        @Override
        public void raise() {
            synchronized (monitor) {
                monitor.notifyAll();
            }
        }
    }
}
