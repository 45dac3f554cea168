package dev.crossfade.internal.read;

import dev.crossfade.Side;
import dev.crossfade.control.Stage;
import dev.crossfade.event.MigrationEvent.ReadRepaired;
import dev.crossfade.event.MigrationEvent.ReadsFellBack;
import dev.crossfade.internal.method.Invoker;
import dev.crossfade.internal.method.MethodPlan;
import dev.crossfade.internal.state.EntityState;
import dev.crossfade.internal.view.Context;
import dev.crossfade.internal.view.Coverage;
import dev.crossfade.internal.view.FailureKind;
import dev.crossfade.internal.view.PerSide;
import dev.crossfade.internal.view.View;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.FailureSummary;
import dev.crossfade.spi.Fence.Hold;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One method's reads of the secondary. Where the secondary fails or lacks a row, the primary answers: it is asked once,
 * and its answer or failure is the caller's.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Futures go to the caller.
final class SecondaryRead {
    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");

    private final Context context;
    private final SecondaryReads reads;
    private final EntityState state;
    private final Coverage coverage;
    private final KeysOfRead keys;
    private final boolean later;
    private final PerSide<Invoker> invokers;
    private final Primary primary;
    private final LongAdder failures;
    private final LongAdder absences;
    private final LongAdder stale;

    /** Asks the primary. */
    @FunctionalInterface
    interface Primary {
        @Nullable
        Object answer(View view, @Nullable Object @Nullable [] arguments) throws Throwable;
    }

    SecondaryRead(
            Context context,
            SecondaryReads reads,
            MethodPlan plan,
            EntityState state,
            KeysOfRead keys,
            PerSide<Invoker> invokers,
            Primary primary) {
        this.context = context;
        this.reads = reads;
        this.state = state;
        this.coverage = context.coverage(state.entity());
        this.keys = keys;
        this.later = plan.later();
        this.invokers = invokers;
        this.primary = primary;
        this.failures = fallback("failed");
        this.absences = fallback("absent");
        this.stale = fallback("stale");
    }

    private LongAdder fallback(String reason) {
        return context.counters().counter("crossfade.fallback", "entity", state.entity(), "reason", reason);
    }

    boolean isReachable() {
        return reads.breaker().allows();
    }

    @Nullable
    Object answer(View view, Side side, @Nullable Object @Nullable [] arguments) throws Throwable {
        // Asked first: a row that was absent before the copy ended may exist.
        boolean copied = coverage.isCopied();
        Object answer;
        try {
            answer = later
                    ? invokers.on(side).invoke(arguments)
                    : reads.within(() -> invokers.on(side).invoke(arguments));
        } catch (Throwable failure) {
            if (failure instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            noteFailure(side, failure);
            return primary.answer(view, arguments);
        }
        if (later && answer instanceof CompletionStage<?> stage) {
            return answerLater(view, side, arguments, stage, copied);
        }
        reads.breaker().succeeded();
        return isMissing(side, answer, copied) ? answerOfPrimary(view, arguments) : answer;
    }

    private boolean isMissing(Side side, @Nullable Object answer, boolean copied) {
        return side == Side.NEW && keys.absenceShows() && !copied && keys.isAbsent(answer);
    }

    /** The new side has no such row, which says nothing while old rows are still to cross. */
    private @Nullable Object answerOfPrimary(View view, @Nullable Object @Nullable [] arguments) throws Throwable {
        absences.increment();
        Object answer = primary.answer(view, arguments);
        repair(view, arguments, answer);
        return answer;
    }

    private void repair(View view, @Nullable Object @Nullable [] arguments, @Nullable Object answer) {
        if (keys.isAbsent(answer)) {
            return;
        }
        // A mark belongs to the epoch in which the gap was found; across a handover it would say something else.
        Hold hold = context.fence().enterSecondary(view.fence.epoch()).orElse(null);
        if (hold == null) {
            return;
        }
        try {
            for (EntityKey key : keys.keys(arguments)) {
                if (context.ledger().mark(List.of(key)) == 1) {
                    context.events().publish(new ReadRepaired(context.migration(), key));
                }
            }
        } finally {
            hold.release();
        }
    }

    private Object answerLater(
            View view, Side side, @Nullable Object @Nullable [] arguments, CompletionStage<?> stage, boolean copied) {
        CompletableFuture<@Nullable Object> answer = new CompletableFuture<>();
        var unused = bounded(stage).whenComplete((result, failure) -> {
            if (failure != null) {
                noteFailure(side, failure);
                askPrimaryLater(view, arguments, answer, false);
            } else if (isMissing(side, result, copied)) {
                absences.increment();
                askPrimaryLater(view, arguments, answer, true);
            } else {
                reads.breaker().succeeded();
                answer.complete(result);
            }
        });
        return answer;
    }

    private CompletionStage<?> bounded(CompletionStage<?> stage) {
        Duration deadline = reads.settings().deadline();
        return deadline == null
                ? stage
                : stage.toCompletableFuture().copy().orTimeout(deadline.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void askPrimaryLater(
            View view,
            @Nullable Object @Nullable [] arguments,
            CompletableFuture<@Nullable Object> answer,
            boolean repairs) {
        try {
            Object returned = primary.answer(view, arguments);
            if (!(returned instanceof CompletionStage<?> stage)) {
                answer.complete(returned);
                return;
            }
            var unused = stage.whenComplete((result, failure) -> {
                if (failure != null) {
                    answer.completeExceptionally(failure);
                } else {
                    if (repairs) {
                        repair(view, arguments, result);
                    }
                    answer.complete(result);
                }
            });
        } catch (Throwable failure) {
            answer.completeExceptionally(failure);
        }
    }

    private void noteFailure(Side side, Throwable failure) {
        failures.increment();
        if (reads.noteFailure(failure)) {
            FailureSummary summary = FailureSummary.of(failure);
            log.warn(
                    "{} - reads of {} fail on the {} store ({}); the primary answers them until the store is back",
                    context.migration(),
                    state.entity(),
                    side,
                    summary);
            context.events().publish(new ReadsFellBack(context.migration(), state.entity(), side, summary));
        }
    }

    /** What to do when the primary has failed: legacy may answer in {@code NEW_PRIMARY}, if that was asked for. */
    @Nullable
    Object staleAnswer(View view, @Nullable Object @Nullable [] arguments, Throwable failure) throws Throwable {
        if (view.stage != Stage.NEW_PRIMARY
                || !reads.settings().staleReadsFromLegacy()
                || FailureKind.of(failure) != FailureKind.UNREACHABLE) {
            throw failure;
        }
        stale.increment();
        return invokers.on(Side.LEGACY).invoke(arguments);
    }
}
