package dev.crossfade.testing;

import dev.crossfade.spi.Platform;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/** Real threads and real waits; time leaps besides, and it is seen which threads others wait for. */
public final class WatchedPlatform implements Platform {
    private final Platform real = Platform.system();
    private final AtomicLong leapt = new AtomicLong();
    private final Set<String> awaited = ConcurrentHashMap.newKeySet();

    /** Time passes for whoever asks for it; who waits goes on waiting. */
    public void leap(Duration time) {
        leapt.addAndGet(time.toNanos());
    }

    /** Whether someone has begun to wait for the end of a thread whose name ends like this. */
    public boolean isAwaited(String end) {
        return awaited.stream().anyMatch(name -> name.endsWith(end));
    }

    @Override
    public long nanoTime() {
        return real.nanoTime() + leapt.get();
    }

    @Override
    public Instant now() {
        return real.now().plusNanos(leapt.get());
    }

    @Override
    public Worker spawn(String name, Runnable body) {
        Worker worker = real.spawn(name, body);
        return new Worker() {
            @Override
            public void interrupt() {
                worker.interrupt();
            }

            @Override
            public boolean join(Duration timeout) throws InterruptedException {
                awaited.add(name);
                return worker.join(timeout);
            }
        };
    }

    @Override
    public Signal newSignal() {
        return real.newSignal();
    }

    @Override
    public RandomGenerator random() {
        return real.random();
    }
}
