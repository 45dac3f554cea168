package dev.crossfade.internal.write;

import dev.crossfade.Side;
import dev.crossfade.internal.method.Invoker;
import dev.crossfade.internal.method.MethodPlan;
import dev.crossfade.internal.method.RepositoryHandler;
import dev.crossfade.internal.state.EntityState;
import dev.crossfade.internal.view.Context;
import dev.crossfade.internal.view.PerSide;
import org.jspecify.annotations.Nullable;

/** A call that always goes to the primary, and is neither recorded nor compared. */
public final class PrimaryOnlyCall implements RepositoryHandler.Call {
    private final Context context;
    private final Units units;
    private final PerSide<Invoker> invokers;

    public PrimaryOnlyCall(Context context, Units units, MethodPlan plan, EntityState state) {
        this.context = context;
        this.units = units;
        this.invokers = PerSide.of(side -> Invoker.of(plan.method(), state.on(side)));
    }

    @Override
    public @Nullable Object invoke(Object proxy, @Nullable Object @Nullable [] arguments) throws Throwable {
        Unit unit = units.current();
        Side side = unit != null ? unit.side() : context.views().base().primary;
        return invokers.on(side).invoke(arguments);
    }
}
