package dev.crossfade.compare;

import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Finds names in paths that the declared types of an entity do not have. */
final class PathCheck {

    private final Class<?> entity;

    PathCheck(Class<?> entity) {
        this.entity = entity;
    }

    /** What is wrong with the path; empty if nothing is, or if the types tell nothing. */
    Optional<String> mistake(List<String> segments) {
        Type type = entity;
        for (String segment : segments) {
            Type current = unwrapped(type);
            Class<?> raw = Plans.rawType(current);
            if (segment.equals(Paths.ELEMENT)) {
                type = elementType(current, raw);
                continue;
            }
            if (tellsNothing(raw)) {
                return Optional.empty();
            }
            Optional<Property> property = Shape.of(raw).properties().stream()
                    .filter(candidate -> candidate.name().equals(segment))
                    .findFirst();
            if (property.isEmpty()) {
                return Optional.of(missing(segment, raw));
            }
            type = property.get().type();
        }
        return Optional.empty();
    }

    private static String missing(String name, Class<?> type) {
        String fields = Shape.of(type).properties().stream().map(Property::name).collect(Collectors.joining(", "));
        return type.getSimpleName() + " has no field " + name + (fields.isEmpty() ? "" : "; its fields are " + fields);
    }

    private static boolean tellsNothing(Class<?> type) {
        boolean open = type == Object.class
                || type.isInterface()
                || (Modifier.isAbstract(type.getModifiers()) && !type.isPrimitive() && !type.isArray());
        return open || (!Values.isJdk(type) && !Shape.of(type).comparable());
    }

    private static Type unwrapped(Type type) {
        return Plans.rawType(type) == Optional.class ? argument(type, 0) : type;
    }

    private static Type elementType(Type type, Class<?> raw) {
        if (raw.isArray()) {
            return raw.getComponentType();
        }
        if (Map.class.isAssignableFrom(raw)) {
            return argument(type, 1);
        }
        return Collection.class.isAssignableFrom(raw) ? argument(type, 0) : Object.class;
    }

    private static Type argument(Type type, int index) {
        if (type instanceof ParameterizedType generic && generic.getActualTypeArguments().length > index) {
            return generic.getActualTypeArguments()[index];
        }
        return Object.class;
    }
}
