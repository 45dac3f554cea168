package dev.crossfade.internal.shadow;

import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.function.Predicate;

/** Looks into records, for which only sampled calls pay. */
final class RecordParts {
    private RecordParts() {}

    /** Whether every component is null or passes; false if a component cannot be read. */
    static boolean areImmutable(Record value, Predicate<Object> isImmutable) {
        for (RecordComponent component : value.getClass().getRecordComponents()) {
            Class<?> type = component.getType();
            if (type.isPrimitive()) {
                continue;
            }
            try {
                Method accessor = component.getAccessor();
                accessor.setAccessible(true);
                Object part = accessor.invoke(value);
                if (part != null && !isImmutable.test(part)) {
                    return false;
                }
            } catch (ReflectiveOperationException | RuntimeException unreadable) {
                return false;
            }
        }
        return true;
    }
}
