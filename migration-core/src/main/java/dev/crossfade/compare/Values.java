package dev.crossfade.compare;

import java.lang.reflect.Array;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Values without fields of their own: numbers, texts, times, bytes, enums, and the JDK's other value types. */
final class Values {

    /**
     * Whether a class of the JDK is a value by its own {@code equals}. The cached results are the JDK's own objects, so
     * that a class which outlives this library does not keep it loaded.
     */
    private static final ClassValue<Boolean> JDK_VALUE = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            return overridesEquals(type);
        }
    };

    /** Asked for once: the JDK looks each time who is asking. */
    private static final ClassLoader PLATFORM = ClassLoader.getPlatformClassLoader();

    private Values() {}

    static boolean isValue(Object value) {
        // Classes first: whether an object has an interface takes a search where it has not.
        return value instanceof String
                || value instanceof Boolean
                || value instanceof UUID
                || value instanceof Enum<?>
                || Numbers.isNumber(value)
                || Times.isTime(value)
                || value instanceof byte[]
                || value instanceof Class<?>
                || value instanceof CharSequence
                || isJdkValue(value);
    }

    /** Whether the values are of one class whose {@code equals} compares all that there is, and says so. */
    static boolean areSame(Object primary, Object secondary) {
        return primary.getClass() == secondary.getClass()
                && TrustedEquals.isTrustedValue(primary.getClass())
                && primary.equals(secondary);
    }

    /** How the values differ, or {@code null} if they are equal. Both must be {@linkplain #isValue values}. */
    static @Nullable DifferenceClass difference(Object primary, Object secondary, @Nullable ChronoUnit timePrecision) {
        if (primary instanceof CharSequence x && secondary instanceof CharSequence y) {
            return Texts.difference(x, y);
        }
        if (Numbers.isNumber(primary) && Numbers.isNumber(secondary)) {
            return Numbers.difference((Number) primary, (Number) secondary);
        }
        if (Times.isTime(primary) && Times.isTime(secondary)) {
            return Times.difference(primary, secondary, timePrecision);
        }
        if (primary instanceof byte[] x && secondary instanceof byte[] y) {
            return Texts.difference(x, y);
        }
        if (primary.equals(secondary)) {
            return null;
        }
        return kindOf(primary) == kindOf(secondary) ? DifferenceClass.VALUE : DifferenceClass.TYPE;
    }

    /** An object whose {@code equals} holds for all values that are exactly equal here, for use as a map key. */
    static @Nullable Object canonical(@Nullable Object value) {
        if (value instanceof CharSequence text) {
            return text.toString();
        }
        if (value instanceof byte[] bytes) {
            return ByteBuffer.wrap(bytes);
        }
        if (value != null && Numbers.isNumber(value)) {
            return Numbers.canonical((Number) value);
        }
        return value != null && Times.isTime(value) ? Times.canonical(value) : value;
    }

    /** Whether the value is an empty text, collection, map or array. */
    static boolean isEmpty(Object value) {
        return (value instanceof CharSequence text && text.length() == 0)
                || (value instanceof Collection<?> collection && collection.isEmpty())
                || (value instanceof Map<?, ?> map && map.isEmpty())
                || (value.getClass().isArray() && Array.getLength(value) == 0);
    }

    /** Whether the class belongs to the JDK. */
    static boolean isJdk(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        return loader == null || loader == PLATFORM;
    }

    private static boolean isJdkValue(Object value) {
        return isJdk(value.getClass())
                && !(value instanceof Collection<?>)
                && !(value instanceof Map<?, ?>)
                && !(value instanceof Map.Entry<?, ?>)
                && !Proxy.isProxyClass(value.getClass())
                && JDK_VALUE.get(value.getClass());
    }

    private static boolean overridesEquals(Class<?> type) {
        try {
            return !type.isArray() && type.getMethod("equals", Object.class).getDeclaringClass() != Object.class;
        } catch (NoSuchMethodException impossible) {
            return false;
        }
    }

    /** Constants with a body have a class of their own. */
    private static Class<?> kindOf(Object value) {
        return value instanceof Enum<?> constant ? constant.getDeclaringClass() : value.getClass();
    }
}
