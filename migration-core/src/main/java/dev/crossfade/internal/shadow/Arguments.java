package dev.crossfade.internal.shadow;

import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalAmount;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Keeps the arguments of a call for a second one, against changes that the caller may make to them meanwhile. */
final class Arguments {
    private static final int MAX_ELEMENTS = 10_000;

    private final Set<Class<?>> trusted;

    Arguments(Set<Class<?>> trusted) {
        this.trusted = trusted;
    }

    /** A safe copy; {@code null} if an argument cannot be kept. */
    @Nullable
    Object @Nullable [] keep(@Nullable Object[] arguments) {
        @Nullable Object[] kept = new Object[arguments.length];
        for (int i = 0; i < arguments.length; i++) {
            Object argument = arguments[i];
            if (argument != null) {
                Object copy = keep(argument);
                if (copy == null) {
                    return null;
                }
                kept[i] = copy;
            }
        }
        return kept;
    }

    private @Nullable Object keep(Object argument) {
        if (isImmutable(argument)) {
            return argument;
        }
        if (argument instanceof Set<?> set) {
            return areKept(set) ? Collections.unmodifiableSet(new LinkedHashSet<>(set)) : null;
        }
        if (argument instanceof List<?> list) {
            return areKept(list) ? Collections.unmodifiableList(new ArrayList<>(list)) : null;
        }
        if (argument instanceof Map<?, ?> map) {
            return areKept(map.keySet()) && areKept(map.values())
                    ? Collections.unmodifiableMap(new LinkedHashMap<>(map))
                    : null;
        }
        if (argument instanceof long[] longs) {
            return longs.clone();
        }
        if (argument instanceof int[] ints) {
            return ints.clone();
        }
        if (argument instanceof byte[] bytes) {
            return bytes.clone();
        }
        if (argument instanceof Object[] array) {
            return areKept(Arrays.asList(array)) ? array.clone() : null;
        }
        return null;
    }

    private boolean areKept(Collection<?> elements) {
        return elements.size() <= MAX_ELEMENTS
                && elements.stream().allMatch(element -> element == null || isImmutable(element));
    }

    private boolean isImmutable(Object value) {
        if (value instanceof Optional<?> optional) {
            return optional.map(this::isImmutable).orElse(true);
        }
        if (value instanceof Number) {
            String type = value.getClass().getName();
            return type.startsWith("java.lang.") || type.startsWith("java.math.") || isTrusted(value);
        }
        if (value instanceof Record composite) {
            return isTrusted(value) || RecordParts.areImmutable(composite, this::isImmutable);
        }
        return value instanceof String
                || value instanceof Boolean
                || value instanceof Character
                || value instanceof Enum<?>
                || value instanceof UUID
                || value instanceof TemporalAccessor
                || value instanceof TemporalAmount
                || value instanceof Class<?>
                || isTrusted(value);
    }

    private boolean isTrusted(Object value) {
        return trusted.stream().anyMatch(type -> type.isInstance(value));
    }
}
