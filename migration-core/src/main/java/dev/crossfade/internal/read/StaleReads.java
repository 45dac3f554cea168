package dev.crossfade.internal.read;

import dev.crossfade.control.Stage;
import dev.crossfade.internal.method.Invoker;
import dev.crossfade.internal.view.FailureKind;
import dev.crossfade.internal.view.View;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** One method's reads of legacy where the new store is primary and cannot be reached; only if asked for. */
@SuppressWarnings("FutureReturnValueIgnored") // Futures go to the caller.
final class StaleReads {
    private final boolean allowed;
    private final Invoker legacy;
    private final LongAdder answered;

    StaleReads(boolean allowed, Invoker legacy, LongAdder answered) {
        this.allowed = allowed;
        this.legacy = legacy;
        this.answered = answered;
    }

    /** What to do when the primary has failed: legacy may answer in {@code NEW_PRIMARY}, if that was asked for. */
    @Nullable
    Object answer(View view, @Nullable Object @Nullable [] arguments, Throwable failure) throws Throwable {
        if (!mayBeStale(view) || FailureKind.of(failure) != FailureKind.UNREACHABLE) {
            throw failure;
        }
        Object answer;
        try {
            answer = legacy.invoke(arguments);
        } catch (Throwable alsoFailed) {
            // The caller hears of the primary's failure, as without legacy.
            throw failure;
        }
        answered.increment();
        return answer;
    }

    private boolean mayBeStale(View view) {
        return allowed && view.stage == Stage.NEW_PRIMARY;
    }

    /** {@link #answer} for a stage of the primary; without that option the very same stage. */
    @Nullable
    Object orStale(View view, @Nullable Object @Nullable [] arguments, @Nullable Object answerOfPrimary) {
        if (!mayBeStale(view) || !(answerOfPrimary instanceof CompletionStage<?> stage)) {
            return answerOfPrimary;
        }
        CompletableFuture<@Nullable Object> answer = new CompletableFuture<>();
        var unused = stage.whenComplete((result, failure) -> {
            if (failure == null) {
                answer.complete(result);
            } else {
                staleLater(view, arguments, failure, answer);
            }
        });
        return answer;
    }

    private void staleLater(
            View view,
            @Nullable Object @Nullable [] arguments,
            Throwable failure,
            CompletableFuture<@Nullable Object> answer) {
        try {
            if (!(answer(view, arguments, failure) instanceof CompletionStage<?> stage)) {
                answer.completeExceptionally(failure);
                return;
            }
            var unused = stage.whenComplete((result, alsoFailed) -> {
                if (alsoFailed == null) {
                    answer.complete(result);
                } else {
                    answer.completeExceptionally(failure);
                }
            });
        } catch (Throwable thrown) {
            answer.completeExceptionally(thrown);
        }
    }
}
