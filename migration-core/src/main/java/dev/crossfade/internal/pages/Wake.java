package dev.crossfade.internal.pages;

import dev.crossfade.spi.Platform;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** Where the threads of one job wait, until something has changed or it is closed. Safe for use by many threads. */
public final class Wake {
    private final Platform.Signal signal;
    private final AtomicLong changes = new AtomicLong();
    private volatile boolean closed;

    public Wake(Platform platform) {
        this.signal = platform.newSignal();
    }

    /** How often something has changed; to be asked for before looking at what may change. */
    public long changes() {
        return changes.get();
    }

    /** A range, a limit or the state has changed: whoever waited for one of these looks again. */
    public void changed() {
        changes.incrementAndGet();
        signal.raise();
    }

    public void close() {
        closed = true;
        signal.raise();
    }

    public boolean isClosed() {
        return closed;
    }

    /** Waits until something has changed since then. */
    public void awaitChange(long since, Duration timeout) throws InterruptedException {
        await(() -> changes.get() != since, timeout);
    }

    /** Waits the time out, whatever changes. */
    public void rest(Duration time) throws InterruptedException {
        await(() -> false, time);
    }

    /** Waits until the condition holds; it is asked after every change, and must not block. */
    public void await(BooleanSupplier condition, Duration timeout) throws InterruptedException {
        signal.await(() -> closed || condition.getAsBoolean(), timeout);
    }
}
