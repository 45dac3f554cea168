package dev.crossfade.internal.method;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * All declarations of one method among the interfaces of a repository. Java does not inherit a method's annotations; a
 * reader of {@code Orders extends BaseRepository<Order, Long>} expects that what the base says holds until it is said
 * otherwise.
 */
final class Declarations {
    private final Class<?> repository;
    private final TypeResolver types;

    Declarations(Class<?> repository, TypeResolver types) {
        this.repository = repository;
        this.types = types;
    }

    /** The declarations of a method: its own first, then those of the interfaces from the repository upwards. */
    List<Method> of(Method method) {
        Set<Method> found = new LinkedHashSet<>();
        found.add(method);
        for (Class<?> type : withParents()) {
            for (Method other : type.getDeclaredMethods()) {
                if (!other.isBridge() && !Modifier.isStatic(other.getModifiers()) && isSame(method, other)) {
                    found.add(other);
                }
            }
        }
        return List.copyOf(found);
    }

    private List<Class<?>> withParents() {
        Set<Class<?>> found = new LinkedHashSet<>(List.of(repository));
        Set<Class<?>> level = found;
        while (!level.isEmpty()) {
            Set<Class<?>> above = new LinkedHashSet<>();
            level.forEach(type -> above.addAll(List.of(type.getInterfaces())));
            above.removeAll(found);
            found = new LinkedHashSet<>(found);
            found.addAll(above);
            level = above;
        }
        return List.copyOf(found);
    }

    private boolean isSame(Method a, Method b) {
        return a.getName().equals(b.getName())
                && a.getParameterCount() == b.getParameterCount()
                && parameters(a).equals(parameters(b));
    }

    private List<? extends Class<?>> parameters(Method method) {
        Stream<Type> declared = Arrays.stream(method.getGenericParameterTypes());
        return declared.map(types::classOf).toList();
    }

    /** Whether any of the declarations marks the parameter. */
    static boolean marks(List<Method> declarations, int parameter, Class<? extends Annotation> annotation) {
        return declarations.stream()
                .flatMap(method -> Arrays.stream(method.getParameterAnnotations()[parameter]))
                .anyMatch(annotation::isInstance);
    }

    /** Whether any of the declarations is marked. */
    static boolean marks(List<Method> declarations, Class<? extends Annotation> annotation) {
        return declarations.stream().anyMatch(method -> method.isAnnotationPresent(annotation));
    }
}
