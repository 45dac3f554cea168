package dev.crossfade.spring;

import static dev.crossfade.spring.StoreDefinitions.arguments;
import static dev.crossfade.spring.StoreDefinitions.made;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.RuntimeBeanReference;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.ManagedList;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Adds the beans of the migrations that the context declares, after all of the user's own definitions are known and before any
 * bean is made.
 */
final class MigrationDefinitions implements BeanDefinitionRegistryPostProcessor, Ordered {
    private final Environment environment;

    MigrationDefinitions(Environment environment) {
        this.environment = environment;
    }

    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE;
    }

    @Override
    public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
        if (registry instanceof ConfigurableListableBeanFactory beans) {
            register(beans, registry);
        }
    }

    private void register(ConfigurableListableBeanFactory beans, BeanDefinitionRegistry registry) {
        CrossfadeProperties properties =
                Binder.get(environment).bindOrCreate(CrossfadeProperties.PREFIX, CrossfadeProperties.class);
        List<String> mistakes = new ArrayList<>();
        Map<String, List<Pairing>> pairings = Pairings.in(beans, mistakes);
        checkNames(properties.migrations().keySet(), pairings.keySet(), mistakes);
        StoreDefinitions stores = new StoreDefinitions(beans, registry, properties, mistakes);
        pairings.forEach((migration, repositories) -> {
            MigrationBeans names = MigrationBeans.of(migration);
            if (!properties.enabled()) {
                stores.register(migration);
                addWithout(beans, registry, names, migration, properties, repositories);
            } else if (!registry.containsBeanDefinition(names.migration())) {
                stores.register(migration);
                registry.registerBeanDefinition(names.migration(), migration(registry, migration, repositories));
            }
            if (properties.enabled()) {
                repositories.forEach(repository -> addPrimary(
                        registry,
                        repository,
                        arguments(made(repository.type(), names.migration(), "repository"), repository.type())));
            }
        });
        if (!mistakes.isEmpty()) {
            throw new WiringException(mistakes);
        }
        repositoriesOf(pairings).forEach(repository -> hideOriginals(beans, repository));
        if (properties.enabled()) {
            addLifecycle(registry, pairings.keySet());
        }
    }

    private static List<Pairing> repositoriesOf(Map<String, List<Pairing>> pairings) {
        return pairings.values().stream().flatMap(List::stream).toList();
    }

    /** Nobody should wonder why a setting has no effect. */
    private static void checkNames(Set<String> configured, Set<String> annotated, List<String> mistakes) {
        for (String name : configured) {
            if (!annotated.contains(name)) {
                mistakes.add("crossfade.migrations." + name
                        + " is set, and no @MigratedRepository on the types of the beans "
                        + "belongs to a migration '" + name + "'; of the migrations, "
                        + NearestName.hint(name, annotated));
            }
        }
        for (String name : annotated) {
            configured.stream()
                    .filter(other -> !configured.contains(name) && annotated.contains(other))
                    .filter(other -> NearestName.isSlip(name, other))
                    .findFirst()
                    .ifPresent(other -> mistakes.add("a @MigratedRepository belongs to migration '" + name
                            + "', and crossfade.migrations has '" + other + "' only; did you mean '" + other
                            + "'? If not, give '" + name + "' an entry there too."));
        }
    }

    private static BeanDefinition migration(
            BeanDefinitionRegistry registry, String migration, List<Pairing> repositories) {
        MigrationBeans names = MigrationBeans.of(migration);
        ManagedList<Class<?>> types = new ManagedList<>();
        ManagedList<RuntimeBeanReference> from = new ManagedList<>();
        ManagedList<RuntimeBeanReference> to = new ManagedList<>();
        for (Pairing repository : repositories) {
            types.add(repository.type());
            from.add(new RuntimeBeanReference(repository.from()));
            to.add(new RuntimeBeanReference(repository.to()));
        }
        RootBeanDefinition bean = arguments(
                new RootBeanDefinition(MigrationFactory.class),
                migration,
                new RuntimeBeanReference(names.legacyStore()),
                new RuntimeBeanReference(names.newStore()),
                types,
                from,
                to);
        if (registry.containsBeanDefinition(names.coordination())) {
            bean.getPropertyValues().add("coordination", new RuntimeBeanReference(names.coordination()));
        }
        bean.addQualifier(new AutowireCandidateQualifier(Qualifier.class, migration));
        return bean;
    }

    private static void addWithout(
            ConfigurableListableBeanFactory beans,
            BeanDefinitionRegistry registry,
            MigrationBeans names,
            String migration,
            CrossfadeProperties properties,
            List<Pairing> repositories) {
        registry.registerBeanDefinition(
                names.withoutMigration(),
                arguments(
                        new RootBeanDefinition(WithoutMigration.class),
                        migration,
                        properties.migration(migration).tablePrefix(),
                        new RuntimeBeanReference(names.legacyStore()),
                        new RuntimeBeanReference(names.newStore()),
                        registry.containsBeanDefinition(names.coordination())
                                ? new RuntimeBeanReference(names.coordination())
                                : null,
                        beans.getBeanNamesForType(MigrationCustomizer.class, true, false).length > 0));
        repositories.forEach(repository -> addPrimary(
                registry,
                repository,
                arguments(
                        made(repository.type(), names.withoutMigration(), "repository"),
                        new RuntimeBeanReference(repository.from()),
                        new RuntimeBeanReference(repository.to()))));
    }

    private static void addPrimary(BeanDefinitionRegistry registry, Pairing repository, RootBeanDefinition bean) {
        if (!registry.containsBeanDefinition(repository.beanName())) {
            bean.setPrimary(true);
            registry.registerBeanDefinition(repository.beanName(), bean);
        }
    }

    /** A parameter that is called like an original gets the migrating bean too, unless it is qualified. */
    private static void hideOriginals(ConfigurableListableBeanFactory beans, Pairing repository) {
        for (String name : List.of(repository.from(), repository.to())) {
            if (original(beans, name) instanceof AbstractBeanDefinition bean) {
                bean.setDefaultCandidate(false);
            }
        }
    }

    private static @Nullable BeanDefinition original(ConfigurableListableBeanFactory beans, String name) {
        try {
            return beans.getBeanDefinition(name);
        } catch (NoSuchBeanDefinitionException object) {
            return null;
        }
    }

    private static void addLifecycle(BeanDefinitionRegistry registry, Set<String> migrations) {
        if (migrations.isEmpty() || registry.containsBeanDefinition(MigrationLifecycle.BEAN)) {
            return;
        }
        ManagedList<RuntimeBeanReference> all = new ManagedList<>();
        migrations.forEach(
                name -> all.add(new RuntimeBeanReference(MigrationBeans.of(name).migration())));
        RootBeanDefinition bean = new RootBeanDefinition(MigrationLifecycle.class);
        bean.getConstructorArgumentValues().addIndexedArgumentValue(0, all);
        bean.setRole(BeanDefinition.ROLE_INFRASTRUCTURE);
        registry.registerBeanDefinition(MigrationLifecycle.BEAN, bean);
    }
}
