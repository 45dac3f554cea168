package dev.crossfade.spring;

import dev.crossfade.jdbc.Database;
import dev.crossfade.jdbc.JdbcCoordination;
import dev.crossfade.spring.CrossfadeProperties.OfMigration;
import java.util.Arrays;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.RuntimeBeanReference;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.util.ClassUtils;

/** Finds the two stores of a migration by the names of beans, and defines those that the user has not. */
final class StoreDefinitions {
    private final ConfigurableListableBeanFactory beans;
    private final BeanDefinitionRegistry registry;
    private final CrossfadeProperties properties;
    private final List<String> mistakes;

    StoreDefinitions(
            ConfigurableListableBeanFactory beans,
            BeanDefinitionRegistry registry,
            CrossfadeProperties properties,
            List<String> mistakes) {
        this.beans = beans;
        this.registry = registry;
        this.properties = properties;
        this.mistakes = mistakes;
    }

    void register(String migration) {
        MigrationBeans names = MigrationBeans.of(migration);
        OfMigration settings = properties.migration(migration);
        boolean ownLegacy = beans.containsBean(names.legacyStore());
        boolean ownNew = beans.containsBean(names.newStore());
        if (ownLegacy && ownNew) {
            checkUnused(migration, settings);
        } else if (ownLegacy || ownNew) {
            mistakes.add("migration '" + migration + "' has a bean '"
                    + (ownLegacy ? names.legacyStore() : names.newStore()) + "' and no '"
                    + (ownLegacy ? names.newStore() : names.legacyStore())
                    + "'; declare both stores, or none and let them be made of two DataSource beans.");
        } else if (isJdbcPresent()) {
            registerDatabases(migration, names, settings);
        } else {
            mistakes.add("migration '" + migration
                    + "' has no stores; add the dependencies migration-jdbc and spring-jdbc "
                    + "for two databases, or declare two beans of type Store, '" + names.legacyStore() + "' and '"
                    + names.newStore() + "'.");
        }
    }

    private void checkUnused(String migration, OfMigration settings) {
        if (settings.legacy().dataSource() != null || settings.next().dataSource() != null) {
            mistakes.add("crossfade.migrations." + migration
                    + " names a data-source, and both stores are declared as beans, "
                    + "so that it has no effect; leave one of them out.");
        }
    }

    private boolean isJdbcPresent() {
        ClassLoader loader = beans.getBeanClassLoader();
        return ClassUtils.isPresent("dev.crossfade.jdbc.Database", loader)
                && ClassUtils.isPresent("org.springframework.jdbc.datasource.ConnectionHolder", loader);
    }

    private void registerDatabases(String migration, MigrationBeans names, OfMigration settings) {
        String legacy = dataSource(migration, "legacy", settings.legacy().dataSource());
        String next = dataSource(migration, "new", settings.next().dataSource());
        if (legacy == null || next == null) {
            return;
        }
        if (legacy.equals(next)) {
            mistakes.add("migration '" + migration + "' has the DataSource '" + legacy
                    + "' on both sides; each store needs a pool of its own, be it to another schema of one database.");
        }
        if (properties.enabled()) {
            RootBeanDefinition manager = new RootBeanDefinition(MigrationTransactionManager.class);
            arguments(manager, migration, new RuntimeBeanReference(legacy), new RuntimeBeanReference(next));
            registerManager(migration, manager);
            String factory = names.transactionManager();
            define(names.legacyStore(), made(Database.class, factory, "legacyStore"));
            define(names.newStore(), made(Database.class, factory, "newStore"));
            define(
                    names.coordination(),
                    arguments(made(JdbcCoordination.class, factory, "coordination"), settings.tablePrefix()));
        } else {
            registerManager(
                    migration,
                    arguments(
                            made(PlatformTransactionManager.class, names.withoutMigration(), "transactionManager"),
                            new RuntimeBeanReference(legacy),
                            new RuntimeBeanReference(next)));
            define(names.legacyStore(), database("legacy", legacy));
            define(names.newStore(), database("new", next));
        }
    }

    private void registerManager(String migration, RootBeanDefinition manager) {
        manager.addQualifier(new AutowireCandidateQualifier(Qualifier.class, migration));
        // The service's own transaction manager stays the one that is meant where none is named.
        manager.setDefaultCandidate(false);
        registry.registerBeanDefinition(MigrationBeans.of(migration).transactionManager(), manager);
    }

    private void define(String name, RootBeanDefinition bean) {
        if (!registry.containsBeanDefinition(name)) {
            registry.registerBeanDefinition(name, bean);
        }
    }

    /** A bean that a method of another bean makes. */
    static RootBeanDefinition made(Class<?> type, String factory, String method) {
        RootBeanDefinition bean = new RootBeanDefinition();
        bean.setTargetType(type);
        bean.setFactoryBeanName(factory);
        bean.setFactoryMethodName(method);
        return bean;
    }

    static RootBeanDefinition arguments(RootBeanDefinition bean, @Nullable Object... arguments) {
        for (int i = 0; i < arguments.length; i++) {
            bean.getConstructorArgumentValues().addIndexedArgumentValue(i, arguments[i]);
        }
        return bean;
    }

    private static RootBeanDefinition database(String side, String pool) {
        RootBeanDefinition bean = new RootBeanDefinition(Database.class);
        bean.setFactoryMethodName("of");
        return arguments(bean, side, new RuntimeBeanReference(pool));
    }

    /** The name of the DataSource of a side: as configured, else by convention; {@code null} if that is a mistake. */
    private @Nullable String dataSource(String migration, String side, @Nullable String configured) {
        List<String> known = Arrays.asList(beans.getBeanNamesForType(DataSource.class, true, false));
        String property = "crossfade.migrations." + migration + "." + side + ".data-source";
        if (configured != null) {
            if (known.contains(configured)) {
                return configured;
            }
            mistakes.add(property + " is '" + configured + "', and there is no DataSource bean of that name; "
                    + NearestName.hint(configured, known));
            return null;
        }
        if (known.contains(side + "DataSource")) {
            return side + "DataSource";
        }
        String byType = side.equals("legacy") ? injectedByType(known) : null;
        if (byType != null) {
            return byType;
        }
        mistakes.add("migration '" + migration + "' has no DataSource for its " + side + " store; set " + property
                + (known.isEmpty()
                        ? " and declare a DataSource bean of that name; there is none."
                        : " to one of " + known.stream().sorted().toList() + ", or name the bean " + side
                                + "DataSource."));
        return null;
    }

    /** What the service has been using: the primary one, or the only one that is not kept for those who name it. */
    private @Nullable String injectedByType(List<String> known) {
        List<String> candidates = known.stream()
                .filter(name -> !(beans.containsBeanDefinition(name)
                        && beans.getMergedBeanDefinition(name) instanceof AbstractBeanDefinition bean
                        && !bean.isDefaultCandidate()))
                .toList();
        List<String> primary = candidates.stream()
                .filter(name -> beans.containsBeanDefinition(name)
                        && beans.getMergedBeanDefinition(name).isPrimary())
                .toList();
        List<String> chosen = primary.isEmpty() ? candidates : primary;
        return chosen.size() == 1 ? chosen.get(0) : null;
    }
}
