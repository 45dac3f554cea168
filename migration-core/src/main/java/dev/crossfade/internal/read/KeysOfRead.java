package dev.crossfade.internal.read;

import dev.crossfade.internal.method.KeySource;
import dev.crossfade.internal.method.MethodPlan;
import dev.crossfade.internal.method.Shape;
import dev.crossfade.internal.state.EntityState;
import dev.crossfade.spi.EntityKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Which keys a read asks for, and what its answer says about them. */
public final class KeysOfRead {
    private final EntityState state;
    private final List<KeySource> sources;
    private final int keyIndex;
    private final boolean absenceShows;

    public KeysOfRead(MethodPlan plan, EntityState state) {
        this.state = state;
        this.sources = plan.keys();
        this.keyIndex = plan.keyIndex();
        this.absenceShows = keyIndex >= 0
                && (plan.result().form() == Shape.Form.OPTIONAL || plan.result().form() == Shape.Form.VALUE)
                && plan.result().holds(state.type());
    }

    /** Whether the arguments name the keys; otherwise the read is a query. */
    public boolean isKeyed() {
        return !sources.isEmpty();
    }

    /** Whether an answer tells a missing row from a present one. */
    boolean absenceShows() {
        return absenceShows;
    }

    /** Whether the answer says that there is no such row. */
    boolean isAbsent(@Nullable Object answer) {
        return answer == null || (answer instanceof Optional<?> optional && optional.isEmpty());
    }

    boolean allMatch(@Nullable Object @Nullable [] arguments, Predicate<EntityKey> condition) {
        if (arguments == null) {
            return true;
        }
        if (keyIndex >= 0) {
            Object key = arguments[keyIndex];
            return key == null || condition.test(keyOf(key));
        }
        return keys(arguments).stream().allMatch(condition);
    }

    /** The keys that the arguments name. */
    public List<EntityKey> keys(@Nullable Object @Nullable [] arguments) {
        List<EntityKey> keys = new ArrayList<>();
        if (arguments != null) {
            for (KeySource source : sources) {
                int index = source instanceof KeySource.KeyArgument argument
                        ? argument.index()
                        : source instanceof KeySource.EntityArgument argument ? argument.index() : -1;
                if (index >= 0) {
                    Shape.forEach(arguments[index], key -> keys.add(keyOf(key)));
                }
            }
        }
        return keys;
    }

    private EntityKey keyOf(Object keyOrEntity) {
        EntityKey own = state.keyOf(keyOrEntity);
        return own != null ? own : state.key(keyOrEntity);
    }
}
