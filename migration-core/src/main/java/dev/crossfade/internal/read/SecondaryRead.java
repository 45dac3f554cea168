package dev.crossfade.internal.read;

import dev.crossfade.MigrationException;
import dev.crossfade.Side;
import dev.crossfade.event.MigrationEvent.ReadRepaired;
import dev.crossfade.event.MigrationEvent.ReadsFellBack;
import dev.crossfade.internal.method.Invoker;
import dev.crossfade.internal.method.MethodPlan;
import dev.crossfade.internal.method.Shape;
import dev.crossfade.internal.state.EntityState;
import dev.crossfade.internal.view.Context;
import dev.crossfade.internal.view.PerSide;
import dev.crossfade.internal.view.View;
import dev.crossfade.spi.Coverage;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.FailureSummary;
import dev.crossfade.spi.Fence.Hold;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
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

    /** The secondary has not answered. */
    static final Object FAILED = new Object();

    /** The secondary has no such row, and may lack it only because it has not crossed yet. */
    static final Object ABSENT = new Object();

    private final Context context;
    private final SecondaryReads reads;
    private final EntityState state;
    private final Coverage coverage;
    private final KeysOfRead keys;
    private final boolean later;
    private final PerSide<Invoker> invokers;
    private final Shape result;
    private final LongAdder failures;
    private final LongAdder absences;

    /** Asks the primary. */
    @FunctionalInterface
    interface Ask {
        @Nullable
        Object run() throws Throwable;
    }

    SecondaryRead(
            Context context,
            SecondaryReads reads,
            MethodPlan plan,
            EntityState state,
            KeysOfRead keys,
            PerSide<Invoker> invokers) {
        this.context = context;
        this.reads = reads;
        this.state = state;
        this.coverage = context.coverage(state.entity());
        this.keys = keys;
        this.later = plan.later();
        this.invokers = invokers;
        this.result = plan.result();
        this.failures = fallback("failed");
        this.absences = fallback("absent");
    }

    private LongAdder fallback(String reason) {
        return context.counters().counter("crossfade.fallback", "entity", state.entity(), "reason", reason);
    }

    boolean isReachable() {
        return reads.breaker().allows();
    }

    /**
     * What the secondary answers; {@link #FAILED} or {@link #ABSENT} where the primary has to be asked. A stage that is
     * returned fails where the primary has to be asked.
     */
    @Nullable
    Object answer(Side side, @Nullable Object @Nullable [] arguments) {
        // Asked first: a row that was absent before the copy ended may exist.
        boolean copied = coverage.isCopied();
        try {
            Object answer = later
                    ? invokers.on(side).invoke(arguments)
                    : reads.within(() -> invokers.on(side).invoke(arguments));
            if (later) {
                return usable(side, (CompletionStage<?>) Objects.requireNonNull(answer, "stage"), copied);
            }
            requireFit(answer);
            reads.breaker().succeeded();
            return isMissing(side, answer, copied) ? absent() : answer;
        } catch (Throwable failure) {
            if (failure instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            noteFailure(side, failure);
            return FAILED;
        }
    }

    /** What no primary would answer must not reach the caller either: null for a container, an object of another class. */
    private void requireFit(@Nullable Object answer) {
        if (!result.fits(answer)) {
            throw new ClassCastException("the answer is not what the method declares");
        }
    }

    private Object absent() {
        absences.increment();
        return ABSENT;
    }

    private boolean isMissing(Side side, @Nullable Object answer, boolean copied) {
        return side == Side.NEW && keys.absenceShows() && !copied && keys.isAbsent(answer);
    }

    /** The new side has no such row, which says nothing while old rows are still to cross: the key is marked. */
    void repair(View view, @Nullable Object @Nullable [] arguments, @Nullable Object answerOfPrimary) {
        if (keys.isAbsent(answerOfPrimary)) {
            return;
        }
        List<EntityKey> marked = new ArrayList<>();
        // A mark belongs to the epoch in which the gap was found; across a handover it would say something else.
        Hold hold = context.fence().enterSecondary(view.fence.epoch()).orElse(null);
        if (hold == null) {
            return;
        }
        try {
            for (EntityKey key : keys.keys(arguments)) {
                if (context.ledger().mark(view.fence.epoch(), List.of(key)) == 1) {
                    marked.add(key);
                }
            }
        } catch (MigrationException notMarked) {
            // The reader has its answer; whoever reads the key next finds the gap again.
            log.debug("{} - a read repair was not marked ({})", context.migration(), FailureSummary.of(notMarked));
        } finally {
            hold.release();
        }
        marked.forEach(key -> context.events().publish(new ReadRepaired(context.migration(), key)));
    }

    /** A stage that completes with what the secondary answers in time, and fails where the primary has to be asked. */
    private CompletionStage<?> usable(Side side, CompletionStage<?> stage, boolean copied) {
        CompletableFuture<@Nullable Object> own = new CompletableFuture<>();
        var unusedRelay = stage.whenComplete((answer, failure) -> {
            if (failure != null) {
                own.completeExceptionally(failure);
            } else {
                own.complete(answer);
            }
        });
        Duration deadline = reads.settings().deadline();
        CompletableFuture<@Nullable Object> inTime =
                deadline == null ? own : own.orTimeout(deadline.toNanos(), TimeUnit.NANOSECONDS);
        CompletableFuture<@Nullable Object> usable = new CompletableFuture<>();
        var unused = inTime.whenComplete((answer, failure) -> {
            if (failure == null && result.fits(answer)) {
                reads.breaker().succeeded();
                if (isMissing(side, answer, copied)) {
                    absent();
                    usable.completeExceptionally(new AbsentRow());
                } else {
                    usable.complete(answer);
                }
            } else {
                Throwable why = failure != null ? failure : new ClassCastException("not what the method declares");
                noteFailure(side, why);
                usable.completeExceptionally(why);
            }
        });
        return usable;
    }

    /** Completes like the stage; where that fails, with what the primary answers. */
    CompletionStage<?> orPrimary(
            CompletionStage<?> usable, View view, @Nullable Object @Nullable [] arguments, Ask primary) {
        CompletableFuture<@Nullable Object> answer = new CompletableFuture<>();
        var unused = usable.whenComplete((found, failure) -> {
            if (failure == null) {
                answer.complete(found);
            } else {
                completeBy(primary, answer, present -> {
                    if (failure instanceof AbsentRow) {
                        repair(view, arguments, present);
                    }
                });
            }
        });
        return answer;
    }

    /** Completes the answer by what is asked for, once the action has run. */
    private static void completeBy(
            Ask ask, CompletableFuture<@Nullable Object> answer, Consumer<@Nullable Object> action) {
        try {
            if (!(ask.run() instanceof CompletionStage<?> stage)) {
                answer.complete(null);
                return;
            }
            var unused = stage.whenComplete((result, failure) -> {
                try {
                    if (failure == null) {
                        action.accept(result);
                    }
                } finally {
                    if (failure == null) {
                        answer.complete(result);
                    } else {
                        answer.completeExceptionally(failure);
                    }
                }
            });
        } catch (Throwable failure) {
            answer.completeExceptionally(failure);
        }
    }

    private void noteFailure(Side side, Throwable failure) {
        failures.increment();
        // An interrupt of the caller says nothing about the store.
        if (!Thread.currentThread().isInterrupted() && reads.noteFailure(failure)) {
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

    /** Says that the primary has to be asked for a row that the new side may not have yet. */
    private static final class AbsentRow extends RuntimeException {
        AbsentRow() {
            super("absent on the secondary", null, false, false);
        }
    }
}
