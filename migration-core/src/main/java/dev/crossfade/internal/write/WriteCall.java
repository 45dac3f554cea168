package dev.crossfade.internal.write;

import dev.crossfade.MigrationException;
import dev.crossfade.RetryableWriteException;
import dev.crossfade.Side;
import dev.crossfade.internal.method.Invoker;
import dev.crossfade.internal.method.MethodPlan;
import dev.crossfade.internal.method.RepositoryHandler;
import dev.crossfade.internal.method.Shape;
import dev.crossfade.internal.observe.SampledTimer;
import dev.crossfade.internal.state.EntityState;
import dev.crossfade.internal.view.Context;
import dev.crossfade.internal.view.FailureKind;
import dev.crossfade.internal.view.LinkedFuture;
import dev.crossfade.internal.view.PerSide;
import dev.crossfade.internal.view.Presence;
import dev.crossfade.spi.Change;
import dev.crossfade.spi.Fence.Hold;
import java.lang.reflect.Method;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** A write: runs on the primary, and its keys are recorded before the caller hears of it. */
@SuppressWarnings("FutureReturnValueIgnored") // Futures go to the caller.
public final class WriteCall implements RepositoryHandler.Call {
    private final Context context;
    private final Units units;
    private final MethodPlan plan;
    private final TouchedKeys keys;
    private final PerSide<Invoker> invokers;
    private final @Nullable PerSide<Invoker> listers;
    private final PerSide<LongAdder> succeeded;
    private final PerSide<LongAdder> failed;
    private final PerSide<SampledTimer> latency;

    public WriteCall(Context context, Units units, MethodPlan plan, EntityState state) {
        this.context = context;
        this.units = units;
        this.plan = plan;
        this.keys = new TouchedKeys(plan, state);
        this.invokers = PerSide.of(side -> Invoker.of(plan.method(), state.on(side)));
        Method lister = plan.keysListedBy();
        this.listers = lister == null ? null : PerSide.of(side -> Invoker.of(lister, state.on(side)));
        this.succeeded = PerSide.of(side -> counter(state, side, "ok"));
        this.failed = PerSide.of(side -> counter(state, side, "failed"));
        this.latency = PerSide.of(side ->
                context.counters().timer("crossfade.write.latency", "entity", state.entity(), "side", side.name()));
    }

    private LongAdder counter(EntityState state, Side side, String outcome) {
        return context.counters()
                .counter(
                        "crossfade.write",
                        "entity",
                        state.entity(),
                        "operation",
                        plan.method().getName(),
                        "side",
                        side.name(),
                        "outcome",
                        outcome);
    }

    @Override
    public @Nullable Object invoke(Object proxy, @Nullable Object @Nullable [] arguments) throws Throwable {
        if (plan.later()) {
            return invokeLater(arguments);
        }
        Unit open = units.current();
        if (open != null && open.isReadOnly()) {
            throw new MigrationException(
                    context.migration(),
                    plan.signature()
                            + " was called in a transaction that is read-only. Nothing of it was written. Call it "
                            + "in a transaction that is not, or in none.");
        }
        return open != null
                ? run(open, arguments)
                : units.inUnit(() -> run(Objects.requireNonNull(units.current()), arguments));
    }

    private @Nullable Object run(Unit unit, @Nullable Object @Nullable [] arguments) throws Throwable {
        Side side = unit.side();
        unit.written();
        long began = latency.on(side).begin();
        try {
            Object result = unit.records() ? runRecorded(unit, side, arguments) : call(unit, side, arguments);
            latency.on(side).end(began);
            succeeded.on(side).increment();
            return result;
        } catch (Throwable failure) {
            failed.on(side).increment();
            throw failure;
        }
    }

    private @Nullable Object runRecorded(Unit unit, Side side, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        Set<Object> listed = listers == null ? Set.of() : list(listers.on(side).invoke(arguments));
        begin(arguments, unit);
        Object result;
        try {
            result = call(unit, side, arguments);
        } catch (Throwable failure) {
            touchAfterFailure(unit, arguments, failure);
            throw failure;
        }
        if (listers != null) {
            requireCount(unit, listed, result);
            listed.forEach(key -> keys.touchKey(key, unit, plan.change()));
        }
        touchAfterSuccess(unit, arguments, result);
        return result;
    }

    /** A repository that writes past the transaction is found out by its first write, whatever else ran in there. */
    private @Nullable Object call(Unit unit, Side side, @Nullable Object @Nullable [] arguments) throws Throwable {
        Presence presence = Presence.on(context.store(side));
        Object result = invokers.on(side).invoke(arguments);
        if (presence.ranNothing() && !saysNothing(result) && keys.concernsAny(arguments, result)) {
            // For a caller that swallows the exception and commits.
            unit.touchWithoutKey();
            throw new MigrationException(
                    context.migration(),
                    presence.complaint(plan.signature())
                            + ". The fence and the ledger could not see it. The transaction is rolled back; what ran on "
                            + "another connection is not.");
        }
        return result;
    }

    /** The key function is the service's: an entity that has no key yet may make it throw. */
    private void begin(@Nullable Object @Nullable [] arguments, Unit unit) {
        try {
            keys.begin(arguments, unit);
        } catch (RuntimeException | StackOverflowError foreignCode) {
            unit.beginUnknown();
        }
    }

    private void touchAfterSuccess(Unit unit, @Nullable Object @Nullable [] arguments, @Nullable Object result) {
        try {
            keys.fromArguments(arguments, unit, changeOf(result));
            keys.fromResult(result, unit, plan.change());
            keys.withoutKey(arguments, result, unit);
        } catch (RuntimeException | StackOverflowError foreignCode) {
            // The write is done and its caller must not be told otherwise: the key is not known, that is all.
            unit.touchWithoutKey();
        }
    }

    /** An update that says it changed no row leaves open whether there is one; its absence is no reason to park the key. */
    private Change changeOf(@Nullable Object result) {
        return saysNothing(result) && plan.change() == Change.WRITTEN ? Change.MARKED : plan.change();
    }

    private static boolean saysNothing(@Nullable Object result) {
        return Boolean.FALSE.equals(result) || (result instanceof Number rows && rows.longValue() == 0);
    }

    private void touchAfterFailure(Unit unit, @Nullable Object @Nullable [] arguments, Throwable failure) {
        keys.fromArguments(arguments, unit, Change.MARKED);
        if (keys.mayHideKey(arguments)
                && !context.store(unit.side()).isTransactional()
                && FailureKind.of(failure) == FailureKind.UNREACHABLE) {
            // The row may exist under a key that nobody was told.
            unit.touchWithoutKey();
        }
    }

    private static Set<Object> list(@Nullable Object keys) {
        Set<Object> listed = new LinkedHashSet<>();
        Shape.forEach(keys, listed::add);
        return listed;
    }

    private void requireCount(Unit unit, Set<Object> listed, @Nullable Object result) {
        long count = result instanceof Number number ? number.longValue() : -1;
        if (count != listed.size()) {
            // For a caller that swallows the exception and commits: what was changed then is not known.
            unit.touchWithoutKey();
            throw new RetryableWriteException(
                    context.migration(),
                    plan.signature() + " changed " + count + " rows, but " + listed.size()
                            + " keys were listed before. Nothing was written. Try again.");
        }
    }

    private @Nullable Object invokeLater(@Nullable Object @Nullable [] arguments) throws Throwable {
        if (units.isOpenHere()) {
            throw new MigrationException(
                    context.migration(),
                    plan.signature() + " writes later and cannot join a transaction of this thread. Nothing of it was "
                            + "written. Call it outside, or declare a method that returns when it is done.");
        }
        Hold hold = units.enter();
        Unit unit = new Unit(hold.view(), context.underWay());
        unit.written();
        boolean pending = false;
        try {
            begin(arguments, unit);
            Object returned = invokers.on(unit.side()).invoke(arguments);
            if (returned instanceof CompletionStage<?> stage) {
                pending = true;
                return LinkedFuture.after(stage, (result, failure) -> complete(unit, hold, arguments, result, failure));
            }
            return returned;
        } catch (Throwable failure) {
            touchAfterFailure(unit, arguments, failure);
            throw failure;
        } finally {
            if (!pending) {
                failed.on(unit.side()).increment();
                units.finish(unit, hold, true);
            }
        }
    }

    private void complete(
            Unit unit,
            Hold hold,
            @Nullable Object @Nullable [] arguments,
            @Nullable Object result,
            @Nullable Throwable failure) {
        try {
            if (failure == null) {
                touchAfterSuccess(unit, arguments, result);
                succeeded.on(unit.side()).increment();
            } else {
                touchAfterFailure(unit, arguments, failure);
                failed.on(unit.side()).increment();
            }
        } finally {
            units.finish(unit, hold, failure != null);
        }
    }
}
