package dev.crossfade.internal.method;

import dev.crossfade.Key;
import dev.crossfade.internal.method.KeySource.EntityArgument;
import dev.crossfade.internal.method.KeySource.EntityResult;
import dev.crossfade.internal.method.KeySource.KeyArgument;
import dev.crossfade.internal.method.KeySource.KeyResult;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** Finds where a method's keys are, in its parameters and its result. */
final class KeyFinder {
    private final Class<?> entity;
    private final TypeResolver types;
    private final Declarations declarations;
    private final BiConsumer<Method, String> mistakes;

    KeyFinder(Class<?> entity, TypeResolver types, Declarations declarations, BiConsumer<Method, String> mistakes) {
        this.entity = entity;
        this.types = types;
        this.declarations = declarations;
        this.mistakes = mistakes;
    }

    List<KeySource> keyArguments(Method method) {
        List<KeySource> keys = new ArrayList<>();
        List<Method> declared = declarations.of(method);
        for (int i = 0; i < method.getParameterCount(); i++) {
            if (Declarations.marks(declared, i, Key.class)) {
                addKeyArgument(method, i, keys);
            }
        }
        if (keys.isEmpty() && method.getParameterCount() == 1 && Naming.isById(method.getName())) {
            addKeyArgument(method, 0, keys);
        }
        return keys;
    }

    private void addKeyArgument(Method method, int index, List<KeySource> keys) {
        Shape shape = parameterShape(method, index);
        if (entity != Object.class && shape.holds(entity)) {
            keys.add(new EntityArgument(index));
        } else if (shape.form() == Shape.Form.STREAM || shape.form() == Shape.Form.LATER) {
            mistakes.accept(method, "takes its keys as a stream, which can be read only once; take a collection");
        } else {
            keys.add(new KeyArgument(index, shape.form() != Shape.Form.VALUE));
        }
    }

    void addEntityArguments(Method method, List<KeySource> keys) {
        for (int i = 0; i < method.getParameterCount(); i++) {
            EntityArgument source = new EntityArgument(i);
            Shape shape = parameterShape(method, i);
            if (shape.holds(entity) && !keys.contains(source)) {
                if (shape.form() == Shape.Form.STREAM || shape.form() == Shape.Form.LATER) {
                    mistakes.accept(
                            method, "takes its entities as a stream, which can be read only once; take a collection");
                }
                keys.add(source);
            }
        }
    }

    boolean addResult(Method method, Shape result, List<KeySource> keys) {
        if (Declarations.marks(declarations.of(method), Key.class)) {
            if (result.form() == Shape.Form.NOTHING) {
                mistakes.accept(
                        method, "is marked with @Key and returns nothing; return the keys, or mark a parameter");
                return false;
            }
            keys.add(new KeyResult());
        } else if (result.holds(entity)) {
            keys.add(new EntityResult());
        }
        return true;
    }

    /** A key and another one, or an entity: the old and the new one, and the row of the old one may be gone. */
    static boolean mayChangeKey(List<KeySource> keys) {
        return keys.stream()
                        .filter(source -> source instanceof KeyArgument || source instanceof EntityArgument)
                        .count()
                > 1;
    }

    private Shape parameterShape(Method method, int index) {
        return Shape.of(method.getGenericParameterTypes()[index], types);
    }

    Shape resultShape(Method method) {
        Type type = method.getGenericReturnType();
        return isLater(method) ? Shape.ofCompletion(type, types) : Shape.of(type, types);
    }

    boolean isLater(Method method) {
        return Shape.of(method.getGenericReturnType(), types).form() == Shape.Form.LATER;
    }

    int indexOf(Method method, Class<? extends Annotation> type) {
        List<Method> declared = declarations.of(method);
        for (int i = 0; i < method.getParameterCount(); i++) {
            if (Declarations.marks(declared, i, type)) {
                return i;
            }
        }
        return -1;
    }
}
