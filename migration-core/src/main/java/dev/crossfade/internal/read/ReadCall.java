package dev.crossfade.internal.read;

import dev.crossfade.CallScope;
import dev.crossfade.Side;
import dev.crossfade.internal.method.Invoker;
import dev.crossfade.internal.method.MethodPlan;
import dev.crossfade.internal.method.RepositoryHandler;
import dev.crossfade.internal.observe.SampledTimer;
import dev.crossfade.internal.state.EntityState;
import dev.crossfade.internal.view.Context;
import dev.crossfade.internal.view.PerSide;
import dev.crossfade.internal.view.View;
import dev.crossfade.internal.write.Units;
import dev.crossfade.routing.StickyBucket;
import dev.crossfade.spi.Coverage;
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
    private final StaleReads stale;
    private final ShadowCall shadow;
    private final Coverage coverage;
    private final RandomGenerator random;
    private final KeysOfRead keys;
    private final boolean later;
    private final PerSide<Invoker> invokers;
    private final PerSide<LongAdder> succeeded;
    private final PerSide<LongAdder> failed;
    private final PerSide<SampledTimer> latency;
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
        this.latency = PerSide.of(side ->
                context.counters().timer("crossfade.read.latency", "entity", state.entity(), "side", side.name()));
        this.unrouted = routes(state, "no routing key");
        this.guarded = routes(state, "guarded");
        this.secondary = new SecondaryRead(context, secondaryReads, plan, state, keys, invokers);
        LongAdder staleAnswers =
                context.counters().counter("crossfade.fallback", "entity", state.entity(), "reason", "stale");
        this.stale = new StaleReads(
                secondaryReads.settings().staleReadsFromLegacy(), invokers.on(Side.LEGACY), staleAnswers);
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
        if (!view.stage.isDualWrite()) {
            return ask(view.primary, arguments);
        }
        Side pinned = units.sideHere();
        if (pinned != null) {
            return ask(pinned, arguments);
        }
        Side side = view.maySplitReads ? route(view, arguments) : view.primary;
        return side == view.primary ? byPrimary(view, arguments) : bySecondary(view, side, arguments);
    }

    private @Nullable Object byPrimary(View view, @Nullable Object @Nullable [] arguments) throws Throwable {
        Object answer;
        try {
            answer = ask(view.primary, arguments);
        } catch (Throwable failure) {
            return stale.answer(view, arguments, failure);
        }
        sample(view, view.primary, arguments, answer);
        return later ? stale.orStale(view, arguments, answer) : answer;
    }

    /** Only what the secondary answered itself counts for it, and only that is worth comparing. */
    private @Nullable Object bySecondary(View view, Side side, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        Object answer = secondary.answer(side, arguments);
        if (answer == SecondaryRead.FAILED) {
            return ask(view.primary, arguments);
        }
        if (answer == SecondaryRead.ABSENT) {
            Object present = ask(view.primary, arguments);
            secondary.repair(view, arguments, present);
            return present;
        }
        sample(view, side, arguments, answer);
        if (later && answer instanceof CompletionStage<?> stage) {
            countLater(side, stage);
            return secondary.orPrimary(stage, view, arguments, () -> ask(view.primary, arguments));
        }
        succeeded.on(side).increment();
        return answer;
    }

    private void sample(View view, Side side, @Nullable Object @Nullable [] arguments, @Nullable Object answer) {
        if (isSampled(view)) {
            shadow.offer(view, side, arguments, answer);
        }
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
        if (!coverage.isTracked() || (side == Side.NEW && !coverage.isCopied() && !keys.absenceShows())) {
            return false;
        }
        boolean fresh = guard.understands(scope)
                && (keys.isKeyed()
                        ? keys.allMatch(arguments, guard::allowsKey)
                        : !view.hasParked && guard.allowsQuery(scope));
        // After the ledger: a move may have emptied it, and then its silence says nothing.
        boolean sameEpoch = context.fence().view().epoch() == view.fence.epoch();
        // Last: an open breaker says yes once per pause, and whoever hears it must make the call.
        return fresh && sameEpoch && secondary.isReachable();
    }

    private @Nullable Object ask(Side side, @Nullable Object @Nullable [] arguments) throws Throwable {
        long began = latency.on(side).begin();
        Object answer;
        try {
            answer = invokers.on(side).invoke(arguments);
        } catch (Throwable failure) {
            failed.on(side).increment();
            throw failure;
        }
        latency.on(side).end(began);
        if (later && answer instanceof CompletionStage<?> stage) {
            // Counted when it is done; the caller gets the very stage that the repository returned.
            countLater(side, stage);
        } else {
            succeeded.on(side).increment();
        }
        return answer;
    }

    private void countLater(Side side, CompletionStage<?> stage) {
        var unused = stage.whenComplete((result, failure) ->
                (failure == null ? succeeded : failed).on(side).increment());
    }
}
