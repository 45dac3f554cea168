package dev.crossfade.internal.view;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A future that completes like another one, after something has been done. Unlike a dependent stage it hands on the
 * failure unwrapped and the cancellation to its origin, so that a caller sees no difference.
 */
public final class LinkedFuture<T extends @Nullable Object> extends CompletableFuture<T> {
    private final CompletionStage<? extends T> origin;

    private LinkedFuture(CompletionStage<? extends T> origin) {
        this.origin = origin;
    }

    /** A future that completes like the origin once the action has run; the action's own failure changes nothing. */
    public static <T extends @Nullable Object> LinkedFuture<T> after(
            CompletionStage<T> origin, BiConsumer<@Nullable Object, @Nullable Throwable> action) {
        LinkedFuture<T> future = new LinkedFuture<>(origin);
        var unused = origin.whenComplete((result, failure) -> {
            try {
                action.accept(result, failure);
            } finally {
                if (failure == null) {
                    future.complete(result);
                } else {
                    future.completeExceptionally(failure);
                }
            }
        });
        return future;
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        if (origin instanceof Future<?> running) {
            running.cancel(mayInterruptIfRunning);
        }
        return super.cancel(mayInterruptIfRunning);
    }
}
