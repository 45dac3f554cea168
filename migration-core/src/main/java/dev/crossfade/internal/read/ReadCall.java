package dev.crossfade.internal.read;

import dev.crossfade.CallScope;
import dev.crossfade.Side;
import dev.crossfade.internal.method.Invoker;
import dev.crossfade.internal.method.MethodPlan;
import dev.crossfade.internal.method.RepositoryHandler;
import dev.crossfade.internal.state.EntityState;
import dev.crossfade.internal.view.Context;
import dev.crossfade.internal.view.Coverage;
import dev.crossfade.internal.view.PerSide;
import dev.crossfade.internal.view.View;
import dev.crossfade.internal.write.Units;
import dev.crossfade.routing.StickyBucket;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A read: the primary answers, or the secondary where the dial says so and nothing speaks against it. */
public final class ReadCall implements RepositoryHandler.Call {
    private static final int SAMPLES = 10_000;

    private final Context context;
    private final Units units;
    private final Router router;
    private final ReadGuard guard;
    private final SecondaryRead secondary;
    private final ShadowCall shadow;
    private final Coverage coverage;
    private final RandomGenerator random;
    private final KeysOfRead keys;
    private final boolean later;
    private final PerSide<Invoker> invokers;
    private final PerSide<LongAdder> succeeded;
    private final PerSide<LongAdder> failed;
    private final LongAdder unrouted;
    private final LongAdder guarded;

    public ReadCall(
            Context context,
            Units units,
            ReadGuard guard,
            StickyBucket bucket,
            SecondaryReads secondaryReads,
            ShadowCall shadow,
            MethodPlan plan,
            EntityState state,
            KeysOfRead keys) {
        this.context = context;
        this.units = units;
        this.guard = guard;
        this.router = new Router(bucket, plan);
        this.shadow = shadow;
        this.coverage = context.coverage(state.entity());
        this.random = context.platform().random();
        this.keys = keys;
        this.later = plan.later();
        this.invokers = PerSide.of(side -> Invoker.of(plan.method(), state.on(side)));
        String operation = plan.method().getName();
        this.succeeded = PerSide.of(side -> counter(state, operation, side, "ok"));
        this.failed = PerSide.of(side -> counter(state, operation, side, "failed"));
        this.unrouted = routes(state, "no routing key");
        this.guarded = routes(state, "guarded");
        this.secondary = new SecondaryRead(context, secondaryReads, plan, state, keys, invokers, this::primary);
    }

    private LongAdder counter(EntityState state, String operation, Side side, String outcome) {
        return context.counters()
                .counter(
                        "crossfade.read",
                        "entity",
                        state.entity(),
                        "operation",
                        operation,
                        "side",
                        side.name(),
                        "outcome",
                        outcome);
    }

    private LongAdder routes(EntityState state, String reason) {
        return context.counters().counter("crossfade.read.kept", "entity", state.entity(), "reason", reason);
    }

    @Override
    public @Nullable Object invoke(Object proxy, @Nullable Object @Nullable [] arguments) throws Throwable {
        View view = context.views().current();
        // What the view decides comes first: whether a unit is open is a look at a thread-local.
        if ((!view.maySplitReads && view.shadowThreshold == 0) || units.isOpenHere()) {
            return primary(view, arguments);
        }
        Side side = view.maySplitReads ? route(view, arguments) : view.primary;
        Object answer;
        if (side == view.primary) {
            answer = primary(view, arguments);
        } else {
            answer = secondary.answer(view, side, arguments);
            succeeded.on(side).increment();
        }
        if (isSampled(view)) {
            shadow.offer(view, side, arguments, answer);
        }
        return answer;
    }

    private boolean isSampled(View view) {
        // The high half of a draw, scaled: a remainder would cost more, and may need more than one draw to be even.
        return view.shadowThreshold > 0 && ((random.nextLong() >>> 32) * SAMPLES) >>> 32 < view.shadowThreshold;
    }

    private Side route(View view, @Nullable Object @Nullable [] arguments) {
        CallScope scope = CallScope.current();
        Side side = router.route(view, arguments, scope);
        if (side == null) {
            unrouted.increment();
            return view.primary;
        }
        if (side != view.primary && !isAnswerable(view, side, arguments, scope)) {
            guarded.increment();
            return view.primary;
        }
        return side;
    }

    /** Whether the secondary's answer can be trusted for this call. */
    private boolean isAnswerable(View view, Side side, @Nullable Object @Nullable [] arguments, CallScope scope) {
        if (!coverage.isTracked() || !secondary.isReachable()) {
            return false;
        }
        if (side == Side.NEW && !coverage.isCopied() && !keys.absenceShows()) {
            return false;
        }
        return keys.isKeyed()
                ? keys.allMatch(arguments, guard::allowsKey)
                : !view.hasParked && guard.allowsQuery(scope);
    }

    private @Nullable Object primary(View view, @Nullable Object @Nullable [] arguments) throws Throwable {
        Side side = view.primary;
        Object answer;
        try {
            answer = invokers.on(side).invoke(arguments);
        } catch (Throwable failure) {
            failed.on(side).increment();
            if (units.isOpenHere()) {
                throw failure;
            }
            return secondary.staleAnswer(view, arguments, failure);
        }
        if (later && answer instanceof CompletionStage<?> stage) {
            // Counted when it is done; the caller gets the very stage that the repository returned.
            var unused = stage.whenComplete((result, failure) ->
                    (failure == null ? succeeded : failed).on(side).increment());
        } else {
            succeeded.on(side).increment();
        }
        return answer;
    }
}
