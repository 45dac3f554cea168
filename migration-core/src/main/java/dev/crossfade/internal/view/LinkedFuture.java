package dev.crossfade.internal.view;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A future that completes like another one, after something has been done. Unlike a dependent stage it hands on the
 * failure unwrapped. Cancelling it ends the caller's wait, not the work: a write that has begun must be followed to its
 * end, or nobody would know what became of it.
 */
public final class LinkedFuture<T extends @Nullable Object> extends CompletableFuture<T> {
    private LinkedFuture() {}

    /** A future that completes like the origin once the action has run; the action's own failure changes nothing. */
    public static <T extends @Nullable Object> LinkedFuture<T> after(
            CompletionStage<T> origin, BiConsumer<@Nullable Object, @Nullable Throwable> action) {
        LinkedFuture<T> future = new LinkedFuture<>();
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
}
