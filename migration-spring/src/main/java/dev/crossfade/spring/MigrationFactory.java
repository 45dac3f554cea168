package dev.crossfade.spring;

import dev.crossfade.Migration;
import dev.crossfade.MigrationBuilder;
import dev.crossfade.RepositoryBuilder;
import dev.crossfade.Store;
import dev.crossfade.control.Control;
import dev.crossfade.control.OpenFeatureControl;
import dev.crossfade.event.MigrationListener;
import dev.crossfade.spi.Coordination;
import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.core.ResolvableType;

/** Builds a migration from its repositories, its stores and what the context has to say about it. */
final class MigrationFactory implements FactoryBean<Migration>, BeanFactoryAware, InitializingBean, DisposableBean {
    private final String name;
    private final Store legacy;
    private final Store next;
    private final List<Class<?>> types;
    private final List<Object> from;
    private final List<Object> to;
    private Coordination.@Nullable Factory coordination;
    private @Nullable BeanFactory beans;
    private @Nullable Migration migration;

    MigrationFactory(String name, Store legacy, Store next, List<Class<?>> types, List<Object> from, List<Object> to) {
        this.name = name;
        this.legacy = legacy;
        this.next = next;
        this.types = types;
        this.from = from;
        this.to = to;
    }

    /** Fence and ledger, where there is a bean of them. */
    public void setCoordination(Coordination.Factory ofMigration) {
        this.coordination = ofMigration;
    }

    @Override
    public void setBeanFactory(BeanFactory beanFactory) {
        this.beans = beanFactory;
    }

    @Override
    public void afterPropertiesSet() {
        BeanFactory context = beans;
        if (context == null) {
            throw new IllegalStateException("made outside of a bean factory");
        }
        MigrationBuilder builder = Migration.of(name).between(legacy, next).control(control(context));
        if (coordination != null) {
            builder.coordinatedBy(coordination);
        }
        MeterRegistry meters = context.getBeanProvider(MeterRegistry.class).getIfUnique();
        if (meters != null) {
            builder.meters(meters);
        }
        context.getBeanProvider(MigrationListener.class).orderedStream().forEach(builder::listener);
        for (int i = 0; i < types.size(); i++) {
            describe(context, builder, types.get(i), from.get(i), to.get(i));
        }
        context.getBeanProvider(MigrationCustomizer.class)
                .orderedStream()
                .forEach(customizer -> customizer.customize(name, builder));
        migration = builder.build();
    }

    private static <R> void describe(
            BeanFactory context, MigrationBuilder builder, Class<R> type, Object from, Object to) {
        builder.repository(type, repository -> {
            repository.from(type.cast(from)).to(type.cast(to));
            customize(context, type, repository);
        });
    }

    private static <R> void customize(BeanFactory context, Class<R> type, RepositoryBuilder<R> repository) {
        context.<RepositoryCustomizer<R>>getBeanProvider(
                        ResolvableType.forClassWithGenerics(RepositoryCustomizer.class, type))
                .orderedStream()
                .forEach(customizer -> customizer.customize(repository));
    }

    /** What the context has: a control, an OpenFeature client or API; else OpenFeature's API of the process. */
    private static Control control(BeanFactory context) {
        Control own = context.getBeanProvider(Control.class).getIfUnique();
        if (own != null) {
            return own;
        }
        Client client = context.getBeanProvider(Client.class)
                .getIfUnique(() -> context.getBeanProvider(OpenFeatureAPI.class)
                        .getIfUnique(OpenFeatureAPI::getInstance)
                        .getClient());
        return OpenFeatureControl.using(client);
    }

    @Override
    public @Nullable Migration getObject() {
        return migration;
    }

    @Override
    public Class<Migration> getObjectType() {
        return Migration.class;
    }

    /** For a context that fails before its lifecycle begins. */
    @Override
    public void destroy() {
        if (migration != null) {
            migration.close();
        }
    }
}
