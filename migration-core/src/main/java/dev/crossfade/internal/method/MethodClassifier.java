package dev.crossfade.internal.method;

import dev.crossfade.PrimaryOnly;
import dev.crossfade.Read;
import dev.crossfade.RoutingKey;
import dev.crossfade.Write;
import dev.crossfade.internal.method.KeySource.Listed;
import dev.crossfade.internal.method.MethodPlan.Kind;
import dev.crossfade.spi.Change;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
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
    private final KeyFinder finder;

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
        this.finder = new KeyFinder(entity, types, declarations, this::note);
    }

    /** Whether a key that one of these methods takes by itself is text, or a record with text in it. */
    public boolean takesTextKeys(Collection<MethodPlan> plans) {
        return plans.stream()
                .anyMatch(plan -> plan.keys().stream()
                        .anyMatch(source -> source instanceof KeySource.KeyArgument argument
                                && isText(types.classOf(plan.method().getGenericParameterTypes()[argument.index()]))));
    }

    private static boolean isText(Class<?> key) {
        return key == String.class
                || (key.isRecord()
                        && Arrays.stream(key.getRecordComponents()).anyMatch(part -> part.getType() == String.class));
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
                method,
                kind,
                why,
                finder.resultShape(method),
                finder.isLater(method),
                List.of(),
                -1,
                Change.MARKED,
                null);
    }

    private @Nullable MethodPlan read(Method method, String why) {
        if (isUnfollowable(method)) {
            return unfollowable(method);
        }
        List<KeySource> keys = finder.keyArguments(method);
        return new MethodPlan(
                method,
                Kind.READ,
                why,
                finder.resultShape(method),
                finder.isLater(method),
                keys,
                finder.indexOf(method, RoutingKey.class),
                Change.MARKED,
                null);
    }

    private @Nullable MethodPlan write(Method method, String why, @Nullable Write annotation) {
        Shape result = finder.resultShape(method);
        if (isUnfollowable(method)) {
            return unfollowable(method);
        }
        if (transactional && finder.isLater(method)) {
            return mistake(
                    method,
                    "writes and returns a " + method.getReturnType().getSimpleName()
                            + ", so it may write after its transaction has ended, past the fence and the ledger; return "
                            + "the value itself, or write in migration.inTransaction(..) on the caller's thread");
        }
        if (result.form() == Shape.Form.STREAM) {
            return mistake(
                    method,
                    "writes and returns a stream, so its keys are not known when it returns; return a collection");
        }
        List<KeySource> keys = new ArrayList<>(finder.keyArguments(method));
        boolean hasKeyArgument = !keys.isEmpty();
        Method lister = null;
        if (annotation != null && !annotation.keysListedBy().isEmpty()) {
            lister = lister(method, annotation.keysListedBy(), result);
            keys.add(new Listed(annotation.keysListedBy()));
            if (lister == null) {
                return null;
            }
        } else {
            finder.addEntityArguments(method, keys);
            if (!finder.addResult(method, result, keys)) {
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
                || (hasKeyArgument && KeyFinder.mayChangeKey(keys));
        return new MethodPlan(
                method,
                Kind.WRITE,
                why,
                result,
                finder.isLater(method),
                keys,
                -1,
                mayDelete ? Change.DELETED : Change.WRITTEN,
                lister);
    }

    private boolean isUnfollowable(Method method) {
        return Shape.isUnfollowable(method.getReturnType())
                || (finder.isLater(method) && !Shape.isReplaceableFuture(method.getReturnType()));
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
        if (finder.isLater(method) || (count != Integer.class && count != Long.class)) {
            mistake(method, "has keysListedBy and must return the number of changed rows as int or long");
            return null;
        }
        try {
            Method lister = repository.getMethod(name, method.getParameterTypes());
            Shape.Form form = finder.resultShape(lister).form();
            if (finder.isLater(lister) || form == Shape.Form.STREAM || form == Shape.Form.NOTHING) {
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

    private @Nullable MethodPlan mistake(Method method, String text) {
        note(method, text);
        return null;
    }

    private void note(Method method, String text) {
        mistakes.add(repository.getSimpleName() + "." + MethodPlan.signature(method) + " " + text + ".");
    }
}
