package dev.crossfade.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.Store;
import dev.crossfade.control.ManualControl;
import dev.crossfade.spring.orders.HeldOrders;
import dev.crossfade.spring.orders.OrderRepository;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.context.annotation.Scope;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;

/** Every mistake in the wiring fails the start, all of them in one message that says what to do. */
class MistakesTest {
    private final ApplicationContextRunner context =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(CrossfadeAutoConfiguration.class));

    @Test
    void a_bean_name_that_there_is_not_is_answered_with_the_nearest() {
        assertThat(diagnosis(PlainStores.class, Legacy.class, Misspelt.class))
                .contains(
                        "OrderRepository says to = \"newOrders\", and there is no bean of that name; of the beans that "
                                + "implement it, did you mean 'newOrder'?");
    }

    @Test
    void two_primary_beans_are_refused() {
        assertThat(diagnosis(PlainStores.class, Legacy.class, New.class, PrimaryBean.class))
                .contains("'favourite' is a primary bean of type OrderRepository")
                .contains("take @Primary from 'favourite'");
    }

    @Test
    void a_side_that_is_no_singleton_is_refused() {
        assertThat(diagnosis(PlainStores.class, Legacy.class, Prototype.class))
                .contains("to = \"newOrders\", and that bean has scope 'prototype'")
                .contains("singletons");
    }

    @Test
    void a_side_of_another_type_is_refused() {
        assertThat(diagnosis(PlainStores.class, Legacy.class, OtherType.class))
                .contains("that bean is a String, which does not implement OrderRepository");
    }

    @Test
    void a_repository_that_is_a_class_is_refused_and_told_to_extract_an_interface() {
        assertThat(diagnosis(ClassOnly.class)).contains("Ledgers is a class").contains("Extract an interface");
    }

    @Test
    void an_interface_that_is_migrated_twice_is_refused() {
        assertThat(diagnosis(PlainStores.class, Legacy.class, New.class, Again.class))
                .contains("OrderRepository")
                .contains("is migrated twice");
    }

    @Test
    void all_mistakes_come_in_one_message() {
        assertThat(diagnosis(PlainStores.class, Prototype.class, PrimaryBean.class))
                .contains("from = \"legacyOrders\"")
                .contains("scope 'prototype'")
                .contains("'favourite'")
                .contains("Correct them all");
    }

    @Test
    void settings_of_a_migration_that_there_is_not_are_answered_with_the_nearest() {
        context.withUserConfiguration(PlainStores.class, Legacy.class, New.class)
                .withPropertyValues("crossfade.migrations.orderz.legacy.data-source=a")
                .run(failed -> assertThat(Diagnosis.of(failed.getStartupFailure()))
                        .contains("crossfade.migrations.orderz is set")
                        .contains("did you mean 'orders'?"));
    }

    @Test
    void a_setting_that_there_is_not_fails_the_start() {
        context.withUserConfiguration(PlainStores.class, Legacy.class, New.class)
                .withPropertyValues("crossfade.migrations.orders.legcy.data-source=a")
                .run(failed -> assertThat(Diagnosis.of(failed.getStartupFailure()))
                        .contains("crossfade.migrations.orders.legcy.data-source"));
    }

    @Test
    void a_data_source_that_there_is_not_is_answered_with_the_nearest() {
        context.withUserConfiguration(Legacy.class, New.class, Pools.class)
                .withPropertyValues(
                        "crossfade.migrations.orders.legacy.data-source=monolit",
                        "crossfade.migrations.orders.new.data-source=orderService")
                .run(failed -> assertThat(Diagnosis.of(failed.getStartupFailure()))
                        .contains("crossfade.migrations.orders.legacy.data-source is 'monolit'")
                        .contains("did you mean 'monolith'?"));
    }

    @Test
    void a_data_source_that_nobody_has_named_is_asked_for_by_name_and_never_taken_by_type() {
        context.withUserConfiguration(Legacy.class, New.class, Pools.class)
                .run(failed -> assertThat(Diagnosis.of(failed.getStartupFailure()))
                        .contains("has no DataSource for its legacy store; set "
                                + "crossfade.migrations.orders.legacy.data-source to one of [monolith, orderService]")
                        .contains("has no DataSource for its new store"));
    }

    @Test
    void one_data_source_for_both_sides_is_refused() {
        context.withUserConfiguration(Legacy.class, New.class, Pools.class)
                .withPropertyValues(
                        "crossfade.migrations.orders.legacy.data-source=monolith",
                        "crossfade.migrations.orders.new.data-source=monolith")
                .run(failed ->
                        assertThat(Diagnosis.of(failed.getStartupFailure())).contains("'monolith' on both sides"));
    }

    @Test
    void without_the_jdbc_module_and_stores_it_says_what_to_add() {
        context.withUserConfiguration(Legacy.class, New.class)
                .withClassLoader(new FilteredClassLoader("dev.crossfade.jdbc"))
                .run(failed -> assertThat(Diagnosis.of(failed.getStartupFailure()))
                        .contains("has no stores; add the dependencies migration-jdbc and spring-jdbc")
                        .contains("'ordersLegacyStore' and 'ordersNewStore'"));
    }

    @Test
    void one_store_alone_is_refused() {
        context.withUserConfiguration(Legacy.class, New.class, OneStore.class)
                .run(failed -> assertThat(Diagnosis.of(failed.getStartupFailure()))
                        .contains("has a bean 'ordersLegacyStore' and no 'ordersNewStore'"));
    }

    @Test
    void a_data_source_that_has_no_effect_is_refused() {
        context.withUserConfiguration(PlainStores.class, Legacy.class, New.class)
                .withPropertyValues("crossfade.migrations.orders.new.data-source=b")
                .run(failed ->
                        assertThat(Diagnosis.of(failed.getStartupFailure())).contains("so that it has no effect"));
    }

    private String diagnosis(Class<?>... configurations) {
        String[] diagnosis = new String[1];
        context.withUserConfiguration(configurations).run(failed -> {
            assertThat(failed).hasFailed();
            diagnosis[0] = Diagnosis.of(failed.getStartupFailure());
        });
        return diagnosis[0];
    }

    @Configuration(proxyBeanMethods = false)
    static class OneStore {
        @Bean
        Store ordersLegacyStore() {
            return Store.plain("legacy");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class PlainStores extends OneStore {
        @Bean
        Store ordersNewStore() {
            return Store.plain("new");
        }

        @Bean
        ManualControl control() {
            return ManualControl.create();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Legacy {
        @Bean
        HeldOrders legacyOrders() {
            return new HeldOrders();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class New {
        @Bean
        HeldOrders newOrders() {
            return new HeldOrders();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Misspelt {
        @Bean
        HeldOrders newOrder() {
            return new HeldOrders();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class PrimaryBean {
        @Bean
        @Primary
        HeldOrders favourite() {
            return new HeldOrders();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Prototype {
        @Bean
        @Scope("prototype")
        HeldOrders newOrders() {
            return new HeldOrders();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OtherType {
        @Bean
        String newOrders() {
            return "orders";
        }
    }

    @MigratedRepository(migration = "ledgers", from = "one", to = "other")
    static class Ledgers {}

    @Configuration(proxyBeanMethods = false)
    static class ClassOnly {
        @Bean
        Ledgers one() {
            return new Ledgers();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @MigratedRepository(migration = "other", type = OrderRepository.class, from = "legacyOrders", to = "newOrders")
    static class Again {}

    @Configuration(proxyBeanMethods = false)
    static class Pools {
        @Bean
        DataSource monolith() {
            return new SimpleDriverDataSource();
        }

        @Bean
        DataSource orderService() {
            return new SimpleDriverDataSource();
        }
    }
}
