package dev.crossfade.internal.write;

import dev.crossfade.internal.method.KeySource;
import dev.crossfade.internal.method.MethodPlan;
import dev.crossfade.internal.method.Shape;
import dev.crossfade.internal.state.EntityState;
import dev.crossfade.spi.Change;
import dev.crossfade.spi.EntityKey;
import org.jspecify.annotations.Nullable;

/** Finds the keys that a write touched, in its arguments and its result. */
final class TouchedKeys {
    private final MethodPlan plan;
    private final EntityState state;

    TouchedKeys(MethodPlan plan, EntityState state) {
        this.plan = plan;
        this.state = state;
    }

    /** Whether only the result tells the keys. */
    boolean onlyFromResult() {
        return plan.keys().stream()
                .allMatch(source -> source instanceof KeySource.EntityResult || source instanceof KeySource.KeyResult);
    }

    /** Whether a call was about any row at all, be its key known or not. */
    boolean concernsAny(@Nullable Object @Nullable [] arguments, @Nullable Object result) {
        boolean[] any = new boolean[1];
        for (KeySource source : plan.keys()) {
            if (source instanceof KeySource.KeyArgument argument && arguments != null) {
                Shape.forEach(arguments[argument.index()], key -> any[0] = true);
            } else if (source instanceof KeySource.EntityArgument argument && arguments != null) {
                Shape.forEach(arguments[argument.index()], entity -> any[0] = true);
            } else {
                // A listed key is one that the result counts.
                Shape.forEach(result, entityOrKey -> any[0] = true);
            }
        }
        return any[0];
    }

    /** Whether a call that failed may have written a key that no argument tells. */
    boolean mayHideKey(@Nullable Object @Nullable [] arguments) {
        if (onlyFromResult()) {
            return true;
        }
        boolean[] hidden = {false};
        for (KeySource source : plan.keys()) {
            if (source instanceof KeySource.EntityArgument argument && arguments != null) {
                Shape.forEach(arguments[argument.index()], entity -> hidden[0] |= isHidden(state.keyOf(entity)));
            }
        }
        return hidden[0];
    }

    private boolean isHidden(@Nullable EntityKey key) {
        return key == null || isPlaceholder(key);
    }

    /** Before the call: the keys among the arguments, and whether the result will tell more. */
    void begin(@Nullable Object @Nullable [] arguments, Unit unit) {
        boolean resultTells = false;
        for (KeySource source : plan.keys()) {
            if (source instanceof KeySource.KeyArgument argument && arguments != null) {
                Shape.forEach(arguments[argument.index()], key -> unit.begin(keyOf(key)));
            } else if (source instanceof KeySource.EntityArgument argument && arguments != null) {
                Shape.forEach(arguments[argument.index()], entity -> beginEntity(entity, unit));
            } else {
                resultTells = true;
            }
        }
        if (resultTells && onlyFromResult()) {
            unit.beginUnknown();
        }
    }

    private void beginEntity(Object entity, Unit unit) {
        EntityKey key = state.keyOf(entity);
        if (key == null || isPlaceholder(key)) {
            unit.beginUnknown();
        } else {
            unit.begin(key);
        }
    }

    private EntityKey keyOf(Object keyOrEntity) {
        EntityKey own = state.keyOf(keyOrEntity);
        return own != null ? own : state.key(keyOrEntity);
    }

    /** The keys among the arguments. Asked before and after the call: an entity may get its key, or another one, by it. */
    void fromArguments(@Nullable Object @Nullable [] arguments, Unit unit, Change change) {
        if (arguments == null) {
            return;
        }
        for (KeySource source : plan.keys()) {
            if (source instanceof KeySource.KeyArgument argument) {
                Shape.forEach(arguments[argument.index()], key -> touchKey(key, unit, change));
            } else if (source instanceof KeySource.EntityArgument argument) {
                Shape.forEach(arguments[argument.index()], entity -> touchArgument(entity, unit, change));
            }
        }
    }

    private void touchArgument(Object entity, Unit unit, Change change) {
        EntityKey key = state.keyOf(entity);
        if (key != null && !isPlaceholder(key)) {
            unit.touch(key, change);
        }
    }

    /** An id of a primitive type is 0 until the database has given one, which the result tells then. */
    private boolean isPlaceholder(EntityKey key) {
        return key.key() instanceof Number number && number.longValue() == 0 && resultTellsKeys();
    }

    private boolean resultTellsKeys() {
        return plan.keys().stream()
                .anyMatch(source -> source instanceof KeySource.EntityResult || source instanceof KeySource.KeyResult);
    }

    /** The keys in the result. */
    void fromResult(@Nullable Object result, Unit unit, Change change) {
        for (KeySource source : plan.keys()) {
            if (source instanceof KeySource.KeyResult) {
                Shape.forEach(result, key -> touchKey(key, unit, change));
            } else if (source instanceof KeySource.EntityResult) {
                Shape.forEach(result, entity -> touchEntity(entity, unit, change));
            }
        }
    }

    /** Notes entities that have no key even now: their write cannot be tracked. */
    void withoutKey(@Nullable Object @Nullable [] arguments, @Nullable Object result, Unit unit) {
        boolean resultTells = result != null && resultTellsKeys();
        for (KeySource source : plan.keys()) {
            if (source instanceof KeySource.EntityArgument argument && arguments != null && !resultTells) {
                Shape.forEach(arguments[argument.index()], entity -> requireKey(entity, unit));
            } else if (source instanceof KeySource.EntityResult) {
                Shape.forEach(result, entity -> requireKey(entity, unit));
            }
        }
    }

    private void requireKey(Object entity, Unit unit) {
        if (state.keyOf(entity) == null) {
            unit.touchWithoutKey();
        }
    }

    void touchKey(Object key, Unit unit, Change change) {
        if (state.type().isInstance(key)) {
            touchEntity(key, unit, change);
        } else {
            unit.touch(state.key(key), change);
        }
    }

    private void touchEntity(Object entity, Unit unit, Change change) {
        EntityKey key = state.keyOf(entity);
        if (key != null) {
            unit.touch(key, change);
        }
    }
}
