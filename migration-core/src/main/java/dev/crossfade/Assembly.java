package dev.crossfade;

import dev.crossfade.compare.ComparisonEngine;
import dev.crossfade.compare.ComparisonRules;
import dev.crossfade.control.Control;
import dev.crossfade.control.Stage;
import dev.crossfade.internal.memory.InMemoryLedger;
import dev.crossfade.internal.method.RepositoryHandler;
import dev.crossfade.internal.method.RepositoryHandler.Call;
import dev.crossfade.internal.observe.Counters;
import dev.crossfade.internal.observe.Events;
import dev.crossfade.internal.state.EntityState;
import dev.crossfade.internal.view.Context;
import dev.crossfade.internal.view.Views;
import dev.crossfade.internal.view.WriteTimes;
import dev.crossfade.internal.view.WritesUnderWay;
import dev.crossfade.spi.BackfillSource;
import dev.crossfade.spi.Coordination;
import dev.crossfade.spi.Coverage;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks a whole description, and makes the migration if there is no mistake in it. */
final class Assembly {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private final MigrationBuilder builder;
    private final List<String> mistakes = new ArrayList<>();
    private final List<RepositoryAssembly> repositories = new ArrayList<>();

    Assembly(MigrationBuilder builder) {
        this.builder = builder;
    }

    Migration assemble() {
        if (!NAME.matcher(builder.name()).matches()) {
            mistakes.add("the migration's name is '" + builder.name()
                    + "'; use 1 to 64 letters, digits, dots, dashes and " + "underscores, a letter or digit first.");
        }
        checkStores();
        checkRepositories();
        if (builder.control() == null) {
            mistakes.add("there is no control; add .control(OpenFeatureControl.using(client)), or "
                    + ".control(ManualControl.create()) without a flag service.");
        }
        Engine.Options options = options();
        checkStart();
        Store legacy = builder.legacy();
        Store next = builder.next();
        Control control = builder.control();
        if (!mistakes.isEmpty() || options == null || legacy == null || next == null || control == null) {
            throw new ConfigurationException(builder.name(), mistakes);
        }
        Coordination coordination = builder.coordination()
                .create(new Coordination.Setup(
                        builder.name(),
                        repositories.stream()
                                .map(RepositoryAssembly::forCoordination)
                                .toList(),
                        builder.platform(),
                        builder.relay().maxAttempts(),
                        builder.ledgerCapacity()));
        Context context = context(legacy, next, coordination);
        Engine engine = new Engine(context, control, options, coordination, sources(legacy, next));
        Map<Class<?>, Object> proxies = new LinkedHashMap<>();
        repositories.forEach(repository -> proxies.put(repository.type(), proxy(repository, engine)));
        MigrationPlan plan = new MigrationPlan(
                builder.name(),
                repositories.stream().map(RepositoryAssembly::plan).toList());
        return new Migration(context, engine, Map.copyOf(proxies), plan, builder.closeTimeout());
    }

    private Map<String, BackfillSource> sources(Store legacy, Store next) {
        Map<String, BackfillSource> sources = new LinkedHashMap<>();
        for (RepositoryAssembly repository : repositories) {
            BackfillSource source = repository.source(legacy, next);
            if (source != null) {
                sources.put(repository.state().entity(), source);
            }
        }
        return sources;
    }

    private Object proxy(RepositoryAssembly repository, Engine engine) {
        ComparisonRules rules = repository.entity().rules().build();
        ComparisonEngine comparison = ComparisonEngine.of(rules);
        Map<Method, Call> calls = new HashMap<>();
        repository
                .plans()
                .forEach((method, plan) -> calls.put(
                        method, engine.call(repository.type(), plan, repository.state(), comparison, rules.maxRows())));
        String description =
                "Repository " + repository.type().getSimpleName() + " of migration '" + builder.name() + "'";
        return Proxy.newProxyInstance(
                repository.type().getClassLoader(),
                new Class<?>[] {repository.type()},
                new RepositoryHandler(description, calls));
    }

    private void checkStores() {
        Store legacy = builder.legacy();
        Store next = builder.next();
        if (legacy == null || next == null) {
            mistakes.add("the stores are missing; add .between(legacy, next).");
        } else if (legacy.name().equals(next.name())) {
            mistakes.add("both stores are named '" + legacy.name() + "'; give each a name of its own.");
        }
    }

    private void checkRepositories() {
        if (builder.repositories().isEmpty()) {
            mistakes.add("there is no repository; add .repository(Orders.class, r -> r.from(..).to(..).key(..)).");
        }
        Store legacy = builder.legacy();
        Store next = builder.next();
        boolean transactional = legacy != null && next != null && legacy.isTransactional() && next.isTransactional();
        Set<Class<?>> types = new HashSet<>();
        Set<String> entities = new HashSet<>();
        for (RepositoryBuilder<?> described : builder.repositories()) {
            RepositoryAssembly repository = new RepositoryAssembly(described, transactional);
            repositories.add(repository);
            mistakes.addAll(repository.mistakes());
            if (!types.add(described.type())) {
                mistakes.add(described.type().getSimpleName() + " is given twice; give it once.");
            }
            EntityBuilder<?, ?, ?> entity = described.entity();
            if (entity != null && entity.name().isBlank()) {
                mistakes.add(
                        described.type().getSimpleName() + " gives its entity a blank name; name it in .named(..).");
            }
            if (entity != null && !entities.add(entity.name())) {
                mistakes.add("two repositories keep the entity '" + entity.name() + "'; tell them apart with "
                        + ".named(..).");
            }
        }
    }

    private Engine.@Nullable Options options() {
        var reads = checked(() -> builder.reads().settings());
        var relay = checked(() -> builder.relay().settings());
        var shadow = checked(() -> builder.shadowReads().settings());
        checked(() -> builder.relay().maxAttempts());
        var deletes = checked(() -> builder.relay().deletesByMarksPerMinute());
        if (builder.writersWait().isNegative() || builder.closeTimeout().isNegative()) {
            mistakes.add("writersWait and closeTimeout must not be negative (default 2 s and 10 s).");
        }
        Duration reconciledWithin = builder.reconciledWithin();
        if (reconciledWithin != null && (reconciledWithin.isZero() || reconciledWithin.isNegative())) {
            mistakes.add("requireReconciliation is " + reconciledWithin
                    + "; choose more than zero (default 24 h), or requireNoReconciliation().");
        }
        if (builder.ledgerCapacity() < 1) {
            mistakes.add("ledgerCapacity is " + builder.ledgerCapacity() + "; choose 1 or more (default "
                    + InMemoryLedger.DEFAULT_CAPACITY + ").");
        }
        if (builder.salt().isEmpty() && !builder.name().isEmpty()) {
            mistakes.add("the salt is empty; leave it out for the migration's name, or give one.");
        }
        if (reads == null || relay == null || shadow == null || deletes == null) {
            return null;
        }
        return new Engine.Options(
                reads,
                relay,
                shadow,
                deletes,
                builder.writersWait(),
                builder.salt(),
                builder.startingAt(),
                builder.meters(),
                builder.reconciledWithin(),
                irreversibleMappings());
    }

    private <T> @Nullable T checked(Supplier<T> settings) {
        try {
            return settings.get();
        } catch (IllegalArgumentException | NullPointerException mistake) {
            mistakes.add(mistake.getMessage() + ".");
            return null;
        }
    }

    private void checkStart() {
        Stage start = builder.startingAt();
        if (start == null || start.primary() == Side.LEGACY) {
            return;
        }
        irreversibleMappings()
                .forEach(entity -> mistakes.add("startingAt(" + start + ") with a key mapping of '" + entity
                        + "' that cannot be inverted; keys born on the new side would find no way back. Use a mapping "
                        + "that knows them, such as a table."));
    }

    private List<String> irreversibleMappings() {
        return builder.repositories().stream()
                .map(RepositoryBuilder::entity)
                .filter(Objects::nonNull)
                .filter(entity -> entity.mapping() != null && !entity.mapping().isInvertible())
                .map(EntityBuilder::name)
                .toList();
    }

    private Context context(Store legacy, Store next, Coordination coordination) {
        Map<String, EntityState> entities = new LinkedHashMap<>();
        Map<String, Coverage> coverage = new LinkedHashMap<>();
        for (RepositoryAssembly repository : repositories) {
            EntityState state = repository.state();
            entities.put(state.entity(), state);
            coverage.put(state.entity(), coordination.coverage(state.entity()));
        }
        return new Context(
                builder.name(),
                builder.platform(),
                legacy,
                next,
                coordination.fence(),
                coordination.ledger(),
                coordination.discrepancies(),
                new Views(coordination.fence(), builder.platform()),
                Map.copyOf(entities),
                Map.copyOf(coverage),
                new WritesUnderWay(),
                new WriteTimes(builder.platform()),
                new Counters(builder.platform()),
                new Events(builder.listeners()));
    }
}
