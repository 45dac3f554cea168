package dev.crossfade.internal.shadow;

import dev.crossfade.Side;
import dev.crossfade.compare.Comparison;
import dev.crossfade.compare.Comparison.Lagging;
import dev.crossfade.compare.Comparison.Mismatch;
import dev.crossfade.compare.Comparison.PrimaryFailed;
import dev.crossfade.compare.Comparison.Reason;
import dev.crossfade.compare.Comparison.SecondaryFailed;
import dev.crossfade.compare.Comparison.Skipped;
import dev.crossfade.compare.ComparisonEngine;
import dev.crossfade.internal.method.Invoker;
import dev.crossfade.internal.method.MethodPlan;
import dev.crossfade.internal.method.Shape;
import dev.crossfade.internal.read.KeysOfRead;
import dev.crossfade.internal.read.ShadowCall;
import dev.crossfade.internal.state.EntityState;
import dev.crossfade.internal.view.Context;
import dev.crossfade.internal.view.FailureKind;
import dev.crossfade.internal.view.PerSide;
import dev.crossfade.internal.view.View;
import dev.crossfade.spi.ContextCarrier;
import dev.crossfade.spi.Coverage;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.FailureSummary;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The shadow reads of one method. */
public final class ShadowRead implements ShadowCall {
    /** How often a difference must be seen again. */
    private static final int CONFIRMATIONS = 2;

    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");

    private final Context context;
    private final ShadowReads reads;
    private final EntityState state;
    private final Coverage coverage;
    private final String operation;
    private final KeysOfRead keys;
    private final boolean later;
    private final int maxRows;
    private final Arguments arguments;
    private final Suspect suspect;
    private final PerSide<Invoker> invokers;
    private final ComparisonEngine engine;

    public ShadowRead(
            Context context,
            ShadowReads reads,
            MethodPlan plan,
            EntityState state,
            KeysOfRead keys,
            ComparisonEngine engine,
            int maxRows) {
        this.context = context;
        this.reads = reads;
        this.state = state;
        this.coverage = context.coverage(state.entity());
        this.operation = plan.method().getName();
        this.keys = keys;
        this.later = plan.later();
        this.maxRows = maxRows;
        this.arguments = new Arguments(reads.settings().trustedArguments());
        this.suspect = new Suspect(context);
        this.invokers = PerSide.of(side -> Invoker.of(plan.method(), state.on(side)));
        this.engine = engine;
    }

    @Override
    public void offer(View view, Side answered, @Nullable Object @Nullable [] given, @Nullable Object answer) {
        try {
            if (!coverage.isCopied()) {
                skip(Reason.NOT_COPIED);
                return;
            }
            if (isTooLarge(answer)) {
                skip(Reason.TOO_LARGE);
                return;
            }
            @Nullable Object[] kept = given == null ? new Object[0] : arguments.keep(given);
            if (kept == null) {
                skip(Reason.UNSAFE_ARGUMENTS);
                return;
            }
            // Here and now: where the answer comes later, the caller and what it carries have gone by then.
            List<ContextCarrier.Carried> carried = reads.capture();
            if (later && answer instanceof CompletionStage<?> stage) {
                var unused = stage.whenComplete((result, failure) -> {
                    if (failure == null) {
                        enqueueLater(view, answered, kept, result, carried);
                    }
                });
            } else {
                enqueue(view, answered, kept, answer, carried);
            }
        } catch (Throwable failure) {
            // A carrier, an argument or a collection of the service failed; the caller must not notice.
            skip(Reason.COMPARISON_FAILED);
        }
    }

    private void enqueueLater(
            View view,
            Side answered,
            @Nullable Object[] kept,
            @Nullable Object answer,
            List<ContextCarrier.Carried> carried) {
        try {
            if (isTooLarge(answer)) {
                skip(Reason.TOO_LARGE);
            } else {
                enqueue(view, answered, kept, answer, carried);
            }
        } catch (Throwable failure) {
            skip(Reason.COMPARISON_FAILED);
        }
    }

    private boolean isTooLarge(@Nullable Object answer) {
        return Shape.sizeOf(answer) > maxRows;
    }

    private void enqueue(
            View view,
            Side answered,
            @Nullable Object[] kept,
            @Nullable Object answer,
            List<ContextCarrier.Carried> carried) {
        // Last: an open breaker says yes once per pause, and whoever hears it must make the call.
        if (!reads.breaker().allows()) {
            skip(Reason.BREAKER_OPEN);
            return;
        }
        long offeredAt = context.platform().nanoTime();
        if (!reads.offer(() -> run(view, answered, kept, answer, carried, offeredAt))) {
            skip(reads.isClosed() ? Reason.CLOSED : Reason.QUEUE_FULL);
        }
    }

    private void skip(Reason reason) {
        reads.decided(state.entity(), operation, new Skipped(reason));
    }

    private void run(
            View view,
            Side answered,
            @Nullable Object[] kept,
            @Nullable Object answer,
            List<ContextCarrier.Carried> carried,
            long offeredAt) {
        if (isOverdue(offeredAt)) {
            skip(Reason.DEADLINE);
            return;
        }
        Deque<ContextCarrier.Restored> restored = new ArrayDeque<>();
        Comparison outcome;
        try {
            carried.forEach(context -> restored.push(context.restore()));
            outcome = compare(view, answered, kept, answer, offeredAt);
        } catch (Throwable failure) {
            outcome = new Skipped(Reason.COMPARISON_FAILED);
        } finally {
            restored.forEach(ShadowRead::close);
        }
        reads.decided(state.entity(), operation, outcome);
    }

    /** One context that cannot be taken off keeps neither the outcome from being told nor the others on. */
    private static void close(ContextCarrier.Restored restored) {
        try {
            restored.close();
        } catch (Throwable failure) {
            log.warn(
                    "A context carried to a shadow read cannot be taken off its thread ({}); the shadow read stands",
                    FailureSummary.of(failure));
        }
    }

    private boolean isOverdue(long offeredAt) {
        return context.platform().nanoTime() - offeredAt
                >= reads.settings().deadline().toNanos();
    }

    private Comparison compare(
            View view, Side answered, @Nullable Object[] kept, @Nullable Object answer, long offeredAt) {
        Side primary = view.primary;
        Answer other = read(answered.other(), kept);
        if (isOverdue(offeredAt)) {
            return new Skipped(Reason.DEADLINE);
        }
        if (other.failure() != null) {
            return failed(answered.other() == primary, other.failure());
        }
        Comparison first =
                answered == primary ? engine.compare(answer, other.value()) : engine.compare(other.value(), answer);
        return first instanceof Mismatch ? confirm(view, kept, answer, other.value()) : first;
    }

    /**
     * A difference counts if it survives reading both sides again with all keys clean and unchanged. More than once:
     * a query that reads in several steps can miss a row that moves meanwhile, and then no key of its result tells.
     */
    private Comparison confirm(
            View view, @Nullable Object[] kept, @Nullable Object answer, @Nullable Object otherAnswer) {
        Comparison outcome = new Lagging();
        Object primaryAnswer = answer;
        Object secondaryAnswer = otherAnswer;
        Set<EntityKey> settled = Set.of();
        for (int round = 1; round <= CONFIRMATIONS; round++) {
            Set<EntityKey> involved = new HashSet<>(keys.keys(kept));
            addKeys(primaryAnswer, involved);
            addKeys(secondaryAnswer, involved);
            Object before = suspect.cleanState(involved);
            if (before == null) {
                return new Lagging();
            }
            Answer primary = read(view.primary, kept);
            Answer secondary = read(view.primary.other(), kept);
            if (primary.failure() != null) {
                return failed(true, primary.failure());
            }
            if (secondary.failure() != null) {
                return failed(false, secondary.failure());
            }
            primaryAnswer = primary.value();
            secondaryAnswer = secondary.value();
            outcome = engine.compare(primaryAnswer, secondaryAnswer);
            if (!(outcome instanceof Mismatch)) {
                return outcome instanceof Comparison.Match ? new Lagging() : outcome;
            }
            if (!isSettled(view, involved, before, primaryAnswer, secondaryAnswer)) {
                return new Lagging();
            }
            settled = involved;
        }
        reads.suspect(operation, settled);
        return outcome;
    }

    private boolean isSettled(
            View view,
            Set<EntityKey> involved,
            Object before,
            @Nullable Object primaryAnswer,
            @Nullable Object secondaryAnswer) {
        Set<EntityKey> involvedNow = new HashSet<>();
        addKeys(primaryAnswer, involvedNow);
        addKeys(secondaryAnswer, involvedNow);
        return involved.containsAll(involvedNow)
                && context.fence().view().epoch() == view.fence.epoch()
                && suspect.isUnchanged(involved, before);
    }

    private void addKeys(@Nullable Object answer, Set<EntityKey> involved) {
        Shape.forEach(answer, value -> {
            EntityKey key = state.keyOf(value);
            if (key != null) {
                involved.add(key);
            }
        });
    }

    private Comparison failed(boolean ofPrimary, Throwable failure) {
        FailureSummary summary = FailureSummary.of(failure);
        return ofPrimary ? new PrimaryFailed(summary) : new SecondaryFailed(summary);
    }

    private record Answer(@Nullable Object value, @Nullable Throwable failure) {}

    private Answer read(Side side, @Nullable Object[] kept) {
        boolean secondary = side != context.fence().view().stage().primary();
        try {
            Object answer = invokers.on(side).invoke(kept);
            if (later && answer instanceof CompletionStage<?> stage) {
                answer = stage.toCompletableFuture()
                        .get(reads.settings().deadline().toNanos(), TimeUnit.NANOSECONDS);
            }
            if (secondary) {
                reads.breaker().succeeded();
            }
            return new Answer(answer, null);
        } catch (Throwable thrown) {
            Throwable failure =
                    thrown instanceof ExecutionException && thrown.getCause() != null ? thrown.getCause() : thrown;
            if (secondary && FailureKind.of(failure) == FailureKind.UNREACHABLE) {
                reads.breaker().failed();
            }
            return new Answer(null, failure);
        }
    }
}
