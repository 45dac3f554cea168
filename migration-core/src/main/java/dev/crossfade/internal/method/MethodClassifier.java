package dev.crossfade.internal.method;

import dev.crossfade.Key;
import dev.crossfade.PrimaryOnly;
import dev.crossfade.Read;
import dev.crossfade.RoutingKey;
import dev.crossfade.Write;
import dev.crossfade.internal.method.KeySource.EntityArgument;
import dev.crossfade.internal.method.KeySource.EntityResult;
import dev.crossfade.internal.method.KeySource.KeyArgument;
import dev.crossfade.internal.method.KeySource.KeyResult;
import dev.crossfade.internal.method.KeySource.Listed;
import dev.crossfade.internal.method.MethodPlan.Kind;
import dev.crossfade.spi.Change;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Decides what each method of a repository does: by annotation, else by name; what neither decides is a mistake. */
public final class MethodClassifier {
    private final Class<?> repository;
    private final Class<?> entity;
    private final Predicate<Method> isOverridden;
    private final boolean transactional;
    private final TypeResolver types;
    private final Declarations declarations;

    /** A method that two interfaces declare is one mistake. */
    private final Set<String> mistakes = new LinkedHashSet<>();

    /**
     * @param isOverridden  whether one of the sides overrides a default method
     * @param transactional whether both stores can undo what a write did
     */
    public MethodClassifier(
            Class<?> repository, Class<?> entity, Predicate<Method> isOverridden, boolean transactional) {
        this.repository = repository;
        this.entity = entity;
        this.isOverridden = isOverridden;
        this.transactional = transactional;
        this.types = new TypeResolver(repository);
        this.declarations = new Declarations(repository, types);
    }

    /** The plan of every method, in a stable order. */
    public Map<Method, MethodPlan> classify() {
        Map<Method, MethodPlan> plans = new LinkedHashMap<>();
        List<Method> methods = Arrays.stream(repository.getMethods())
                .filter(method -> !Modifier.isStatic(method.getModifiers()) && !isOfObject(method))
                .sorted(Comparator.comparing(MethodPlan::signature))
                .toList();
        for (Method method : methods) {
            if (!method.isBridge()) {
                MethodPlan plan = plan(method);
                if (plan != null) {
                    plans.put(method, plan);
                }
            }
        }
        methods.stream()
                .filter(Method::isBridge)
                .forEach(bridge -> plans.keySet().stream()
                        .filter(target -> bridges(bridge, target))
                        .findFirst()
                        .ifPresent(target -> plans.put(bridge, plans.get(target))));
        return plans;
    }

    /** What was found wrong, each with its fix. */
    public List<String> mistakes() {
        return List.copyOf(mistakes);
    }

    /** {@code equals}, {@code hashCode} and {@code toString} are the proxy's own, also where an interface names them. */
    private static boolean isOfObject(Method method) {
        try {
            Object.class.getMethod(method.getName(), method.getParameterTypes());
            return true;
        } catch (NoSuchMethodException own) {
            return false;
        }
    }

    private static boolean bridges(Method bridge, Method target) {
        if (target.isBridge()
                || !target.getName().equals(bridge.getName())
                || target.getParameterCount() != bridge.getParameterCount()) {
            return false;
        }
        for (int i = 0; i < bridge.getParameterCount(); i++) {
            if (!bridge.getParameterTypes()[i].isAssignableFrom(target.getParameterTypes()[i])) {
                return false;
            }
        }
        return true;
    }

    private @Nullable MethodPlan plan(Method method) {
        Method marked = marked(method);
        Read read = marked.getAnnotation(Read.class);
        Write write = marked.getAnnotation(Write.class);
        PrimaryOnly primaryOnly = marked.getAnnotation(PrimaryOnly.class);
        int marks = (read == null ? 0 : 1) + (write == null ? 0 : 1) + (primaryOnly == null ? 0 : 1);
        if (marks > 1) {
            return mistake(method, "carries more than one of @Read, @Write and @PrimaryOnly; keep one");
        }
        if (read != null) {
            return read(method, "@Read");
        }
        if (write != null) {
            return write(method, "@Write", write);
        }
        if (primaryOnly != null) {
            return simple(method, Kind.PRIMARY_ONLY, "@PrimaryOnly");
        }
        if (method.isDefault() && !isOverridden.test(method)) {
            return simple(method, Kind.DEFAULT, "default method");
        }
        if (Naming.isRead(method.getName())) {
            return read(method, "by name");
        }
        if (Naming.isWrite(method.getName())) {
            return write(method, "by name", null);
        }
        return mistake(
                method, "is neither a read nor a write by its name; annotate it with @Read, @Write or @PrimaryOnly");
    }

    /** The declaration that says what the method does; the method's own, or the nearest above that says anything. */
    private Method marked(Method method) {
        return declarations.of(method).stream()
                .filter(each -> each.isAnnotationPresent(Read.class)
                        || each.isAnnotationPresent(Write.class)
                        || each.isAnnotationPresent(PrimaryOnly.class))
                .findFirst()
                .orElse(method);
    }

    private MethodPlan simple(Method method, Kind kind, String why) {
        return new MethodPlan(
                method, kind, why, resultShape(method), isLater(method), List.of(), -1, Change.MARKED, null);
    }

    private @Nullable MethodPlan read(Method method, String why) {
        if (isUnfollowable(method)) {
            return unfollowable(method);
        }
        List<KeySource> keys = keyArguments(method);
        return new MethodPlan(
                method,
                Kind.READ,
                why,
                resultShape(method),
                isLater(method),
                keys,
                indexOf(method, RoutingKey.class),
                Change.MARKED,
                null);
    }

    private @Nullable MethodPlan write(Method method, String why, @Nullable Write annotation) {
        Shape result = resultShape(method);
        if (isUnfollowable(method)) {
            return unfollowable(method);
        }
        if (result.form() == Shape.Form.STREAM) {
            return mistake(
                    method,
                    "writes and returns a stream, so its keys are not known when it returns; return a collection");
        }
        List<KeySource> keys = new ArrayList<>(keyArguments(method));
        boolean hasKeyArgument = !keys.isEmpty();
        Method lister = null;
        if (annotation != null && !annotation.keysListedBy().isEmpty()) {
            lister = lister(method, annotation.keysListedBy(), result);
            keys.add(new Listed(annotation.keysListedBy()));
            if (lister == null) {
                return null;
            }
        } else {
            addEntityArguments(method, keys);
            if (!addResult(method, result, keys)) {
                return null;
            }
        }
        if (keys.isEmpty()) {
            return mistake(
                    method,
                    "writes, and nothing tells which keys; mark a parameter with @Key, or return the "
                            + entity.getSimpleName() + "s or (with @Key on the method) the keys that it changed");
        }
        boolean mayDelete = Naming.isDelete(method.getName())
                || (annotation != null && annotation.mayDelete())
                || (hasKeyArgument && mayChangeKey(keys));
        return new MethodPlan(
                method,
                Kind.WRITE,
                why,
                result,
                isLater(method),
                keys,
                -1,
                mayDelete ? Change.DELETED : Change.WRITTEN,
                lister);
    }

    /** A key and another one, or an entity: the old and the new one, and the row of the old one may be gone. */
    private static boolean mayChangeKey(List<KeySource> keys) {
        return keys.stream()
                        .filter(source -> source instanceof KeyArgument || source instanceof EntityArgument)
                        .count()
                > 1;
    }

    private boolean isUnfollowable(Method method) {
        return Shape.isUnfollowable(method.getReturnType())
                || (isLater(method) && !Shape.isReplaceableFuture(method.getReturnType()));
    }

    private @Nullable MethodPlan unfollowable(Method method) {
        return mistake(
                method,
                "returns a " + method.getReturnType().getSimpleName()
                        + ", whose end cannot be followed; declare CompletionStage or CompletableFuture");
    }

    private @Nullable Method lister(Method method, String name, Shape result) {
        if (!transactional) {
            mistake(
                    method,
                    "checks its count against keys listed before, which needs stores with transactions; return the "
                            + "changed keys instead, with @Key on the method");
            return null;
        }
        Class<?> count = Shape.boxed(result.element());
        if (isLater(method) || (count != Integer.class && count != Long.class)) {
            mistake(method, "has keysListedBy and must return the number of changed rows as int or long");
            return null;
        }
        try {
            Method lister = repository.getMethod(name, method.getParameterTypes());
            Shape.Form form = resultShape(lister).form();
            if (isLater(lister) || form == Shape.Form.STREAM || form == Shape.Form.NOTHING) {
                mistake(
                        method,
                        "names keysListedBy '" + name + "', which must return a collection of keys or entities");
                return null;
            }
            return lister;
        } catch (NoSuchMethodException absent) {
            mistake(method, "names keysListedBy '" + name + "', but there is no such method with the same parameters");
            return null;
        }
    }

    private List<KeySource> keyArguments(Method method) {
        List<KeySource> keys = new ArrayList<>();
        List<Method> declared = declarations.of(method);
        for (int i = 0; i < method.getParameterCount(); i++) {
            if (Declarations.marks(declared, i, Key.class)) {
                addKeyArgument(method, i, keys);
            }
        }
        if (keys.isEmpty() && method.getParameterCount() >= 1 && Naming.isById(method.getName())) {
            addKeyArgument(method, 0, keys);
        }
        return keys;
    }

    private void addKeyArgument(Method method, int index, List<KeySource> keys) {
        Shape shape = parameterShape(method, index);
        if (entity != Object.class && shape.holds(entity)) {
            keys.add(new EntityArgument(index));
        } else if (shape.form() == Shape.Form.STREAM || shape.form() == Shape.Form.LATER) {
            mistake(method, "takes its keys as a stream, which can be read only once; take a collection");
        } else {
            keys.add(new KeyArgument(index, shape.form() != Shape.Form.VALUE));
        }
    }

    private void addEntityArguments(Method method, List<KeySource> keys) {
        for (int i = 0; i < method.getParameterCount(); i++) {
            EntityArgument source = new EntityArgument(i);
            Shape shape = parameterShape(method, i);
            if (shape.holds(entity) && !keys.contains(source)) {
                if (shape.form() == Shape.Form.STREAM || shape.form() == Shape.Form.LATER) {
                    mistake(method, "takes its entities as a stream, which can be read only once; take a collection");
                }
                keys.add(source);
            }
        }
    }

    private boolean addResult(Method method, Shape result, List<KeySource> keys) {
        if (Declarations.marks(declarations.of(method), Key.class)) {
            if (result.form() == Shape.Form.NOTHING) {
                mistake(method, "is marked with @Key and returns nothing; return the keys, or mark a parameter");
                return false;
            }
            keys.add(new KeyResult());
        } else if (result.holds(entity)) {
            keys.add(new EntityResult());
        }
        return true;
    }

    private Shape parameterShape(Method method, int index) {
        return Shape.of(method.getGenericParameterTypes()[index], types);
    }

    private Shape resultShape(Method method) {
        Type type = method.getGenericReturnType();
        return isLater(method) ? Shape.ofCompletion(type, types) : Shape.of(type, types);
    }

    private boolean isLater(Method method) {
        return Shape.of(method.getGenericReturnType(), types).form() == Shape.Form.LATER;
    }

    private int indexOf(Method method, Class<? extends Annotation> type) {
        List<Method> declared = declarations.of(method);
        for (int i = 0; i < method.getParameterCount(); i++) {
            if (Declarations.marks(declared, i, type)) {
                return i;
            }
        }
        return -1;
    }

    private @Nullable MethodPlan mistake(Method method, String text) {
        mistakes.add(repository.getSimpleName() + "." + MethodPlan.signature(method) + " " + text + ".");
        return null;
    }
}
