package dev.crossfade.internal.state;

import dev.crossfade.Side;
import dev.crossfade.spi.EntityKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The operations that move an entity's state, declared once and used by every path that writes the secondary.
 *
 * <p>Types are erased here: the builder has checked them.
 */
public final class EntityState {
    private final String entity;
    private final Class<?> type;
    private final Object legacy;
    private final Object next;
    private final Function<Object, @Nullable Object> keyOf;
    private final UnaryOperator<Object> normalise;
    private final Operations operations;

    /** The declared operations; the bulk forms may be absent. */
    public record Operations(
            BiFunction<Object, Object, Optional<?>> find,
            BiConsumer<Object, Object> overwrite,
            BiConsumer<Object, Object> delete,
            @Nullable BiFunction<Object, Collection<Object>, ? extends Iterable<?>> findAll,
            @Nullable BiConsumer<Object, Collection<Object>> overwriteAll,
            @Nullable BiConsumer<Object, Collection<Object>> deleteAll) {}

    public EntityState(
            String entity,
            Class<?> type,
            Object legacy,
            Object next,
            Function<Object, @Nullable Object> keyOf,
            UnaryOperator<Object> normalise,
            Operations operations) {
        this.entity = entity;
        this.type = type;
        this.legacy = legacy;
        this.next = next;
        this.keyOf = keyOf;
        this.normalise = normalise;
        this.operations = operations;
    }

    public String entity() {
        return entity;
    }

    public Class<?> type() {
        return type;
    }

    public Object on(Side side) {
        return side == Side.LEGACY ? legacy : next;
    }

    /** The key of an entity, or {@code null} if it has none yet or the value is no such entity. */
    public @Nullable EntityKey keyOf(Object value) {
        Object key = type.isInstance(value) ? keyOf.apply(value) : null;
        return key == null ? null : key(key);
    }

    /** A key as a method takes it, in its normal form. */
    public EntityKey key(Object key) {
        return new EntityKey(entity, normalise.apply(key));
    }

    public @Nullable Object find(Side side, EntityKey key) {
        return operations.find().apply(on(side), key.key()).orElse(null);
    }

    /** The keys by calls of the repository: all at once where the bulk form is declared, else one by one. */
    public List<Collection<EntityKey>> foundTogether(Collection<EntityKey> keys) {
        return operations.findAll() != null
                ? List.of(keys)
                : keys.stream().<Collection<EntityKey>>map(List::of).toList();
    }

    /** The states of these keys that exist; one round trip where the bulk form is declared. */
    public Map<EntityKey, Object> findAll(Side side, Collection<EntityKey> keys) {
        Map<EntityKey, Object> found = new HashMap<>();
        var bulk = operations.findAll();
        if (bulk != null && keys.size() > 1) {
            for (Object state : bulk.apply(on(side), rawKeys(keys))) {
                EntityKey key = keyOf(state);
                if (key != null) {
                    found.put(key, state);
                }
            }
            return found;
        }
        for (EntityKey key : keys) {
            Object state = find(side, key);
            if (state != null) {
                found.put(key, state);
            }
        }
        return found;
    }

    public void overwriteAll(Side side, Collection<Object> states) {
        var bulk = operations.overwriteAll();
        if (bulk != null && states.size() > 1) {
            bulk.accept(on(side), states);
        } else {
            states.forEach(state -> operations.overwrite().accept(on(side), state));
        }
    }

    public void deleteAll(Side side, Collection<EntityKey> keys) {
        var bulk = operations.deleteAll();
        if (bulk != null && keys.size() > 1) {
            bulk.accept(on(side), rawKeys(keys));
        } else {
            keys.forEach(key -> operations.delete().accept(on(side), key.key()));
        }
    }

    private static List<Object> rawKeys(Collection<EntityKey> keys) {
        List<Object> raw = new ArrayList<>(keys.size());
        keys.forEach(key -> raw.add(key.key()));
        return raw;
    }

    /** Whether all three bulk forms are declared. */
    public boolean hasBulkForms() {
        return operations.findAll() != null && operations.overwriteAll() != null && operations.deleteAll() != null;
    }
}
