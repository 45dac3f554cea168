package dev.crossfade.internal.method;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Resolves the type variables of an interface and of those that it extends, as {@code CrudRepository<Order, Long>}. */
final class TypeResolver {
    private final Map<TypeVariable<?>, Type> bindings = new HashMap<>();

    TypeResolver(Class<?> repository) {
        bind(repository);
    }

    private void bind(Class<?> type) {
        for (Type parent : type.getGenericInterfaces()) {
            if (parent instanceof ParameterizedType parameterized
                    && parameterized.getRawType() instanceof Class<?> raw) {
                TypeVariable<?>[] variables = raw.getTypeParameters();
                Type[] arguments = parameterized.getActualTypeArguments();
                for (int i = 0; i < variables.length; i++) {
                    bindings.put(variables[i], arguments[i]);
                }
                bind(raw);
            } else if (parent instanceof Class<?> raw) {
                bind(raw);
            }
        }
    }

    /** The class that values of this type are instances of; a variable without a binding stands for its bound. */
    Class<?> classOf(Type type) {
        if (type instanceof Class<?> known) {
            return known;
        }
        if (type instanceof ParameterizedType parameterized) {
            return classOf(parameterized.getRawType());
        }
        if (type instanceof GenericArrayType array) {
            return classOf(array.getGenericComponentType()).arrayType();
        }
        if (type instanceof WildcardType wildcard) {
            return classOf(wildcard.getUpperBounds()[0]);
        }
        if (type instanceof TypeVariable<?> variable) {
            Type bound = bindings.get(variable);
            return classOf(bound != null ? bound : variable.getBounds()[0]);
        }
        return Object.class;
    }

    /** The class of a type's n-th argument, such as the element of a list; {@code null} for a raw or plain type. */
    @Nullable
    Class<?> argumentOf(Type type, int index) {
        if (type instanceof ParameterizedType parameterized && parameterized.getActualTypeArguments().length > index) {
            return classOf(parameterized.getActualTypeArguments()[index]);
        }
        if (type instanceof TypeVariable<?> variable) {
            Type bound = bindings.get(variable);
            return argumentOf(bound != null ? bound : variable.getBounds()[0], index);
        }
        return null;
    }
}
