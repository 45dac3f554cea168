package dev.crossfade.internal.method;

import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.BaseStream;
import org.jspecify.annotations.Nullable;

/**
 * How a parameter or a result holds its values.
 *
 * @param form    the container
 * @param element the class of the value, or of the values in the container
 */
public record Shape(Form form, Class<?> element) {

    public enum Form {
        NOTHING,
        VALUE,
        OPTIONAL,
        MANY,
        MAP,
        ARRAY,
        LATER,
        STREAM
    }

    static Shape of(Type type, TypeResolver types) {
        Class<?> raw = types.classOf(type);
        if (raw == void.class || raw == Void.class) {
            return new Shape(Form.NOTHING, void.class);
        }
        if (raw == Optional.class) {
            return new Shape(Form.OPTIONAL, elementOf(type, 0, types));
        }
        if (CompletionStage.class.isAssignableFrom(raw)) {
            return new Shape(Form.LATER, elementOf(type, 0, types));
        }
        if (BaseStream.class.isAssignableFrom(raw) || Iterator.class.isAssignableFrom(raw)) {
            return new Shape(Form.STREAM, elementOf(type, 0, types));
        }
        if (Iterable.class.isAssignableFrom(raw)) {
            return new Shape(Form.MANY, elementOf(type, 0, types));
        }
        if (Map.class.isAssignableFrom(raw)) {
            return new Shape(Form.MAP, elementOf(type, 1, types));
        }
        if (raw.isArray() && raw != byte[].class) {
            return new Shape(Form.ARRAY, raw.getComponentType());
        }
        return new Shape(Form.VALUE, raw);
    }

    /** The shape of what a {@code CompletionStage} completes with. */
    static Shape ofCompletion(Type type, TypeResolver types) {
        if (type instanceof ParameterizedType parameterized) {
            return of(parameterized.getActualTypeArguments()[0], types);
        }
        return new Shape(Form.VALUE, Object.class);
    }

    private static Class<?> elementOf(Type type, int index, TypeResolver types) {
        Class<?> element = types.argumentOf(type, index);
        return element == null ? Object.class : element;
    }

    /** Whether a future of this class can stand in for a result: fallbacks and writes return one of their own. */
    static boolean isReplaceableFuture(Class<?> raw) {
        return raw.isAssignableFrom(CompletableFuture.class);
    }

    /**
     * Whether results of this class end later in a way that cannot be followed: a bare {@code Future} tells nobody, a
     * publisher does nothing until someone subscribes.
     */
    static boolean isUnfollowable(Class<?> raw) {
        return (Future.class.isAssignableFrom(raw) && !CompletionStage.class.isAssignableFrom(raw))
                || Flow.Publisher.class.isAssignableFrom(raw)
                || isReactive(raw);
    }

    private static boolean isReactive(@Nullable Class<?> raw) {
        return raw != null
                && (raw.getName().equals("org.reactivestreams.Publisher")
                        || isReactive(raw.getSuperclass())
                        || Arrays.stream(raw.getInterfaces()).anyMatch(Shape::isReactive));
    }

    public boolean holds(Class<?> type) {
        return type.isAssignableFrom(element) || boxed(element) == type;
    }

    /**
     * Whether an object may be what a method of this shape returned. Looks at containers from the outside only: what an
     * {@code Optional} holds is checked, what a collection holds is not.
     */
    public boolean fits(@Nullable Object answer) {
        return switch (form) {
            case NOTHING -> true;
            case VALUE ->
                answer == null
                        ? !element.isPrimitive() && !isJdkOptional()
                        : boxed(element).isInstance(answer);
            case OPTIONAL ->
                answer instanceof Optional<?> optional
                        && (optional.isEmpty() || boxed(element).isInstance(optional.get()));
            default -> answer != null;
        };
    }

    private boolean isJdkOptional() {
        return element == OptionalInt.class || element == OptionalLong.class || element == OptionalDouble.class;
    }

    /** How many values a container holds, without looking at them; 1 for what is no container. */
    public static int sizeOf(@Nullable Object container) {
        if (container instanceof Collection<?> collection) {
            return collection.size();
        }
        if (container instanceof Map<?, ?> map) {
            return map.size();
        }
        return container != null && container.getClass().isArray() && !(container instanceof byte[])
                ? Array.getLength(container)
                : 1;
    }

    /** Gives every value that is not null to the consumer; containers may nest in optionals. */
    public static void forEach(@Nullable Object container, Consumer<Object> values) {
        if (container == null) {
            return;
        }
        if (container instanceof Iterable<?> many) {
            many.forEach(value -> forEach(value, values));
        } else if (container instanceof Optional<?> optional) {
            optional.ifPresent(value -> forEach(value, values));
        } else if (container instanceof Map<?, ?> map) {
            map.values().forEach(value -> forEach(value, values));
        } else if (container.getClass().isArray() && !(container instanceof byte[])) {
            for (int i = 0; i < Array.getLength(container); i++) {
                forEach(Array.get(container, i), values);
            }
        } else {
            values.accept(container);
        }
    }

    static Class<?> boxed(Class<?> type) {
        return type.isPrimitive() ? MethodType.methodType(type).wrap().returnType() : type;
    }
}
