package dev.crossfade;

import dev.crossfade.MigrationPlan.MethodLine;
import dev.crossfade.MigrationPlan.RepositoryPlan;
import dev.crossfade.backfill.PageByKey;
import dev.crossfade.compare.ComparisonEngine;
import dev.crossfade.internal.backfill.RepositoryPages;
import dev.crossfade.internal.method.Invoker;
import dev.crossfade.internal.method.MethodClassifier;
import dev.crossfade.internal.method.MethodPlan;
import dev.crossfade.internal.state.EntityState;
import dev.crossfade.internal.state.EntityState.Operations;
import dev.crossfade.spi.BackfillSource;
import dev.crossfade.spi.Coordination;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Checks the description of one repository and makes its parts. */
final class RepositoryAssembly {
    private final RepositoryBuilder<?> repository;
    private final boolean transactional;
    private final List<String> mistakes = new ArrayList<>();
    private final List<String> stateOperations = new ArrayList<>();
    private Map<Method, MethodPlan> plans = Map.of();
    private @Nullable EntityState state;
    private boolean takesTextKeys;

    RepositoryAssembly(RepositoryBuilder<?> repository, boolean transactional) {
        this.repository = repository;
        this.transactional = transactional;
        check();
    }

    List<String> mistakes() {
        return mistakes;
    }

    Class<?> type() {
        return repository.type();
    }

    Map<Method, MethodPlan> plans() {
        return plans;
    }

    /** The state operations; only where there are no mistakes. */
    EntityState state() {
        if (state == null) {
            throw new IllegalStateException("asked for the state operations of a repository with mistakes");
        }
        return state;
    }

    EntityBuilder<?, ?, ?> entity() {
        EntityBuilder<?, ?, ?> entity = repository.entity();
        if (entity == null) {
            throw new IllegalStateException("asked for the entity of a repository with mistakes");
        }
        return entity;
    }

    private void check() {
        Class<?> type = repository.type();
        String name = type.getSimpleName();
        Object legacy = repository.legacy();
        Object next = repository.next();
        EntityBuilder<?, ?, ?> entity = repository.entity();
        if (!type.isInterface()) {
            mistakes.add(name + " is a class; extract an interface that both sides implement, and give that.");
        }
        if (legacy == null) {
            mistakes.add(name + " has no legacy implementation; add .from(..).");
        }
        if (next == null) {
            mistakes.add(name + " has no new implementation; add .to(..).");
        }
        if (legacy != null && legacy == next) {
            mistakes.add(name + " has the same object on both sides; give two implementations.");
        }
        if (entity == null) {
            mistakes.add(name + " names no entity; add .key(Entity.class, Entity::id).");
        }
        if (type.isSealed()) {
            mistakes.add(name + " is sealed, so nothing can stand in for it; take 'sealed' away.");
        }
        if (!type.isInterface()) {
            return;
        }
        // Without an entity the kinds of the methods can be told all the same, and all mistakes belong in one message.
        MethodClassifier classifier = new MethodClassifier(
                type,
                entity == null ? Object.class : entity.type(),
                method -> isOverridden(method, legacy) || isOverridden(method, next),
                transactional);
        plans = classifier.classify();
        takesTextKeys = classifier.takesTextKeys(plans.values());
        mistakes.addAll(classifier.mistakes());
        if (entity == null) {
            return;
        }
        entity.rules()
                .mistakes(entity.type(), entity.type())
                .forEach(mistake -> mistakes.add(name + " comparison: " + mistake));
        if (legacy != null) {
            checkAccess(legacy);
        }
        Operations operations = operations(entity, legacy, next);
        if (operations != null && legacy != null && next != null) {
            state = new EntityState(
                    entity.name(), entity.type(), legacy, next, keyOf(entity), normaliser(entity), operations);
        }
    }

    private static boolean isOverridden(Method method, @Nullable Object implementation) {
        // A proxy, as of a repository that a framework generates, declares every method and says nothing by it.
        if (implementation == null || Proxy.isProxyClass(implementation.getClass())) {
            return false;
        }
        try {
            return !implementation
                    .getClass()
                    .getMethod(method.getName(), method.getParameterTypes())
                    .getDeclaringClass()
                    .isInterface();
        } catch (NoSuchMethodException notVisible) {
            return Arrays.stream(implementation.getClass().getDeclaredMethods())
                    .anyMatch(own -> own.getName().equals(method.getName())
                            && Arrays.equals(own.getParameterTypes(), method.getParameterTypes()));
        }
    }

    private void checkAccess(Object legacy) {
        try {
            plans.keySet().stream().findFirst().ifPresent(method -> Invoker.of(method, legacy));
        } catch (InaccessibleObjectException closed) {
            mistakes.add(repository.type().getSimpleName() + " cannot be called from here; open its package to "
                    + "dev.crossfade.core in module-info.java.");
        }
    }

    @SuppressWarnings("unchecked")
    private static Function<Object, @Nullable Object> keyOf(EntityBuilder<?, ?, ?> entity) {
        return (Function<Object, @Nullable Object>) entity.key();
    }

    @SuppressWarnings("unchecked")
    private static UnaryOperator<Object> normaliser(EntityBuilder<?, ?, ?> entity) {
        UnaryOperator<?> declared = entity.normalise();
        return declared == null ? UnaryOperator.identity() : (UnaryOperator<Object>) declared;
    }

    /** What a coordination has to know of the entity; only where there are no mistakes. */
    Coordination.Entity forCoordination() {
        return new Coordination.Entity(state().entity(), takesTextKeys, entity().normalise() != null);
    }

    @SuppressWarnings("unchecked")
    private @Nullable Operations operations(
            EntityBuilder<?, ?, ?> entity, @Nullable Object legacy, @Nullable Object next) {
        String name = repository.type().getSimpleName();
        BiFunction<Object, Object, Optional<?>> find = (BiFunction<Object, Object, Optional<?>>) (Object) entity.find();
        if (find == null) {
            find = conventionalFind(entity, legacy, next);
        } else {
            stateOperations.add("find: declared");
        }
        if (find == null) {
            mistakes.add(name + " has no findById that returns the "
                    + entity.type().getSimpleName() + " or an Optional of it; add .find(" + name + "::yourFind).");
        }
        BiConsumer<Object, Object> overwrite = (BiConsumer<Object, Object>) (Object) entity.overwrite();
        if (overwrite == null) {
            mistakes.add(name + " declares no overwrite; add .overwrite(" + name
                    + "::yourOverwrite), an operation that makes the "
                    + "row of a key equal to the entity: verbatim, idempotent, by key only.");
        } else {
            stateOperations.add("overwrite: declared");
        }
        BiConsumer<Object, Object> delete = (BiConsumer<Object, Object>) (Object) entity.delete();
        if (delete == null) {
            delete = conventionalDelete(legacy, next);
        } else {
            stateOperations.add("delete: declared");
        }
        if (delete == null) {
            mistakes.add(name + " has no deleteById; add .delete(" + name + "::yourDelete).");
        }
        boolean anyBulk = entity.findAll() != null || entity.overwriteAll() != null || entity.deleteAll() != null;
        boolean allBulk = entity.findAll() != null && entity.overwriteAll() != null && entity.deleteAll() != null;
        if (anyBulk && !allBulk) {
            mistakes.add(
                    name + " declares some bulk forms but not all; declare findAll, overwriteAll and deleteAll, or "
                            + "none of them.");
        }
        if (entity.normalise() != null && (entity.pages() != null || entity.source() != null)) {
            mistakes.add(name
                    + " normalises keys and declares a backfill, whose pages follow the order of keys as they are; "
                    + "take .backfill(..) away and bring the rows across with migration.copy(" + name + ".class).");
        }
        stateOperations.add(allBulk ? "bulk forms: declared" : "bulk forms: none");
        if (find == null || overwrite == null || delete == null) {
            return null;
        }
        return new Operations(
                find,
                overwrite,
                delete,
                (BiFunction<Object, Collection<Object>, ? extends Iterable<?>>) (Object) entity.findAll(),
                (BiConsumer<Object, Collection<Object>>) (Object) entity.overwriteAll(),
                (BiConsumer<Object, Collection<Object>>) (Object) entity.deleteAll());
    }

    /** How the entity's rows are read and written by a backfill; {@code null} if it declares none. */
    @SuppressWarnings("unchecked") // The builder has checked the types; they are erased from here on.
    @Nullable
    BackfillSource source(Store legacy, Store next) {
        BackfillSource.Factory own = entity().source();
        if (own != null) {
            return own.of(entity().name());
        }
        PageByKey<Object, Object, Object> pages = (PageByKey<Object, Object, Object>) (Object) entity().pages();
        if (pages == null) {
            return null;
        }
        return new RepositoryPages(
                state(),
                legacy,
                next,
                pages,
                (ToLongFunction<Object>) (Object) entity().count(),
                ComparisonEngine.of(entity().rules().build()));
    }

    private @Nullable BiFunction<Object, Object, Optional<?>> conventionalFind(
            EntityBuilder<?, ?, ?> entity, @Nullable Object legacy, @Nullable Object next) {
        Method method = conventional("findById");
        MethodPlan plan = method == null ? null : plans.get(method);
        if (method == null || plan == null || plan.later() || !plan.result().holds(entity.type())) {
            return null;
        }
        stateOperations.add("find: findById by convention");
        ByTarget invokers = new ByTarget(method, legacy, next);
        return (target, key) -> {
            Object found = invokers.on(target).invokeSneaky(key);
            return found instanceof Optional<?> optional ? optional : Optional.ofNullable(found);
        };
    }

    private @Nullable BiConsumer<Object, Object> conventionalDelete(@Nullable Object legacy, @Nullable Object next) {
        Method method = conventional("deleteById");
        MethodPlan plan = method == null ? null : plans.get(method);
        if (method == null || plan == null || plan.later()) {
            return null;
        }
        stateOperations.add("delete: deleteById by convention");
        ByTarget invokers = new ByTarget(method, legacy, next);
        return (target, key) -> invokers.on(target).invokeSneaky(key);
    }

    /** One method on either implementation; where one is missing, the mistake is noted and nothing is ever called. */
    private record ByTarget(
            @Nullable Object legacy,
            @Nullable Invoker onLegacy,
            @Nullable Invoker onNext) {
        ByTarget(Method method, @Nullable Object legacy, @Nullable Object next) {
            this(
                    legacy,
                    legacy == null ? null : Invoker.of(method, legacy),
                    next == null ? null : Invoker.of(method, next));
        }

        Invoker on(Object target) {
            return Objects.requireNonNull(target == legacy ? onLegacy : onNext);
        }
    }

    private @Nullable Method conventional(String name) {
        return plans.keySet().stream()
                .filter(method ->
                        method.getName().equals(name) && method.getParameterCount() == 1 && !method.isBridge())
                .findFirst()
                .orElse(null);
    }

    RepositoryPlan plan() {
        return new RepositoryPlan(
                repository.type().getSimpleName(),
                entity().name(),
                List.copyOf(stateOperations),
                plans.entrySet().stream()
                        .filter(entry -> !entry.getKey().isBridge())
                        .map(entry -> line(entry.getValue()))
                        .toList());
    }

    private static MethodLine line(MethodPlan plan) {
        String keys = plan.keys().stream().map(Object::toString).collect(Collectors.joining(", "));
        String routing = "";
        if (plan.kind() == MethodPlan.Kind.READ) {
            String otherwise = plan.keyIndex() >= 0 ? "subject, else the key" : "subject, else the primary";
            routing = plan.routingIndex() >= 0
                    ? "argument " + (plan.routingIndex() + 1) + ", else " + otherwise
                    : otherwise;
        }
        return new MethodLine(plan.signature(), plan.kind().name(), plan.why(), keys, routing);
    }
}
