package dev.crossfade.internal.reconcile;

import dev.crossfade.spi.Platform;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Reads one page ahead of a pass, on a thread of its own. For one thread, which must not go on without it. */
final class ReadAhead {
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    private final Platform platform;
    private final String name;

    /** Written by the one thread, read by whoever closes, too. */
    private volatile Platform.@Nullable Worker reader;

    /** @param name of the thread */
    ReadAhead(Platform platform, String name) {
        this.platform = platform;
        this.name = name;
    }

    /** What is read. */
    @FunctionalInterface
    interface Read<T> {
        T run() throws Throwable;
    }

    /** Begins to read, after what was begun before. */
    <T> CompletableFuture<T> begin(Read<T> read) throws InterruptedException {
        finish();
        CompletableFuture<T> result = new CompletableFuture<>();
        reader = platform.spawn(name, () -> {
            try {
                result.complete(read.run());
            } catch (Throwable failure) {
                result.completeExceptionally(failure);
            }
        });
        return result;
    }

    /** Waits until nothing is read any more; what came of it is nobody's. */
    void finish() throws InterruptedException {
        while (!join(LOOK_AGAIN)) {}
        reader = null;
    }

    /** Waits until nothing is read any more; false if that takes longer. */
    boolean join(Duration timeout) throws InterruptedException {
        Platform.Worker reading = reader;
        return reading == null || reading.join(timeout);
    }
}
