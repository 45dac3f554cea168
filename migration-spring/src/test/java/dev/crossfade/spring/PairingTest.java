package dev.crossfade.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.Migration;
import dev.crossfade.MigrationException;
import dev.crossfade.Operator;
import dev.crossfade.Store;
import dev.crossfade.control.ManualControl;
import dev.crossfade.control.Stage;
import dev.crossfade.spring.orders.Customer;
import dev.crossfade.spring.orders.CustomerRepository;
import dev.crossfade.spring.orders.HeldCustomers;
import dev.crossfade.spring.orders.HeldOrders;
import dev.crossfade.spring.orders.Order;
import dev.crossfade.spring.orders.OrderRepository;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** One primary bean stands for two, without a database. */
class PairingTest {
    private final ApplicationContextRunner context =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(CrossfadeAutoConfiguration.class));
    private final ApplicationContextRunner orders = context.withUserConfiguration(PlainStores.class, Orders.class);

    @Test
    void whoever_injects_the_interface_gets_the_migrating_repository() {
        orders.withUserConfiguration(Service.class).run(started -> {
            OrderRepository injected = started.getBean(Service.class).orders;
            assertThat(injected).isSameAs(started.getBean(OrderRepository.class));
            assertThat(injected)
                    .isSameAs(started.getBean(Migration.class).repository(OrderRepository.class))
                    .isNotInstanceOf(HeldOrders.class);
            injected.save(new Order(7, "new"));
            assertThat(started.getBean("legacyOrders", OrderRepository.class).findById(7))
                    .contains(new Order(7, "new"));
            assertThat(started.getBean("newOrders", OrderRepository.class).findById(7))
                    .isEmpty();
        });
    }

    @Test
    void both_originals_stay_injectable_by_qualifier_and_by_nothing_else() {
        orders.withUserConfiguration(Service.class).run(started -> {
            Service service = started.getBean(Service.class);
            assertThat(service.qualifiedLegacy).isSameAs(started.getBean("legacyOrders"));
            assertThat(service.qualifiedNew).isSameAs(started.getBean("newOrders"));
            // A parameter called like an original, and a list of all there are.
            assertThat(service.namedLikeLegacy).isSameAs(service.orders);
            assertThat(service.all).containsExactly(service.orders);
        });
    }

    @Test
    void an_interface_that_cannot_be_annotated_is_named_on_a_configuration_and_shares_the_migration() {
        orders.withUserConfiguration(Customers.class).run(started -> {
            assertThat(started).hasSingleBean(Migration.class);
            assertThat(started.getBean(Migration.class).plan().repositories()).hasSize(2);
            CustomerRepository customers = started.getBean(CustomerRepository.class);
            customers.save(new Customer(1, "Ada"));
            assertThat(started.getBean("oldCustomers", HeldCustomers.class).findById(1))
                    .isPresent();
        });
    }

    @Test
    void the_migration_starts_when_all_beans_are_made_and_is_closed_with_the_context() {
        Migration[] seen = new Migration[1];
        OrderRepository[] repository = new OrderRepository[1];
        orders.run(started -> {
            seen[0] = started.getBean("ordersMigration", Migration.class);
            repository[0] = started.getBean(OrderRepository.class);
            assertThat(seen[0].moveTo(
                                    Stage.LEGACY_PRIMARY,
                                    Operator.of("test", "test").confirmingOnlyWriter())
                            .toString())
                    .contains("Moved");
        });
        assertThatThrownBy(() -> repository[0].save(new Order(1, "late")))
                .isInstanceOf(MigrationException.class)
                .hasMessageContaining("it is closed");
    }

    @Test
    void it_starts_before_other_lifecycles_and_stops_after_them_and_a_paused_context_leaves_it_alone() {
        orders.withUserConfiguration(WritesInItsLifecycle.class).run(started -> {
            assertThat(started).hasNotFailed();
            assertThat(started.getBean(MigrationLifecycle.class).isPauseable()).isFalse();
            WritesInItsLifecycle lifecycle = started.getBean(WritesInItsLifecycle.class);
            OrderRepository legacy = started.getBean("legacyOrders", OrderRepository.class);
            assertThat(legacy.findById(1)).isPresent();
            started.close();
            assertThat(lifecycle.failures).isEmpty();
            assertThat(legacy.findById(2)).isPresent();
        });
    }

    @Test
    void customizers_apply_in_their_order_without_any_property() {
        orders.withUserConfiguration(Customizers.class).run(started -> {
            assertThat(started.getBean(Customizers.class).called).containsExactly("first orders", "second orders");
            assertThat(started.getBean(Migration.class).status().reconciledWithin())
                    .isNull();
        });
    }

    @Test
    void without_a_description_the_start_fails_and_says_which_bean_to_declare() {
        context.withUserConfiguration(PlainStores.class, BareOrders.class).run(failed -> {
            assertThat(failed).hasFailed();
            assertThat(Diagnosis.of(failed.getStartupFailure()))
                    .contains("OrderRepository names no entity")
                    .contains("RepositoryCustomizer<YourRepository>");
        });
    }

    @Test
    void the_users_own_beans_win() {
        orders.withUserConfiguration(OwnMigration.class).run(started -> {
            assertThat(started).hasSingleBean(Migration.class);
            assertThat(started.getBean(OrderRepository.class))
                    .isSameAs(OwnMigration.migration(started).repository(OrderRepository.class));
        });
    }

    @Test
    void a_service_without_migrated_repositories_gets_no_bean_of_a_migration() {
        context.run(started -> {
            assertThat(started).hasNotFailed().doesNotHaveBean(Migration.class);
            assertThat(started).doesNotHaveBean(MigrationLifecycle.class);
        });
    }

    @Test
    void no_bean_is_made_while_definitions_are_read() {
        List<String> made = new ArrayList<>();
        orders.withUserConfiguration(Eager.class)
                .withInitializer(initialized -> initialized.addBeanFactoryPostProcessor(
                        beans -> assertThat(Eager.MADE).as("made too early").isEmpty()))
                .run(started -> {
                    made.addAll(Eager.MADE);
                    Eager.MADE.clear();
                });
        assertThat(made).containsExactly("bystander");
    }

    @Test
    void plain_stores_need_neither_the_jdbc_module_nor_spring_jdbc() {
        orders.withClassLoader(new FilteredClassLoader("dev.crossfade.jdbc", "org.springframework.jdbc"))
                .run(started -> {
                    assertThat(started).hasNotFailed();
                    started.getBean(OrderRepository.class).save(new Order(1, "new"));
                });
    }

    @Configuration(proxyBeanMethods = false)
    static class PlainStores {
        @Bean
        Store ordersLegacyStore() {
            return Store.plain("legacy");
        }

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
    static class BareOrders {
        @Bean
        HeldOrders legacyOrders() {
            return new HeldOrders();
        }

        @Bean
        HeldOrders newOrders() {
            return new HeldOrders();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Orders extends BareOrders {
        @Bean
        RepositoryCustomizer<OrderRepository> orders() {
            return repository -> repository.key(Order.class, Order::id).overwrite(OrderRepository::save);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @MigratedRepository(
            migration = "orders",
            type = CustomerRepository.class,
            from = "oldCustomers",
            to = "customersOfTomorrow")
    static class Customers {
        @Bean
        HeldCustomers oldCustomers() {
            return new HeldCustomers();
        }

        @Bean
        HeldCustomers customersOfTomorrow() {
            return new HeldCustomers();
        }

        @Bean
        RepositoryCustomizer<CustomerRepository> customers() {
            return repository -> repository.key(Customer.class, Customer::id).overwrite(CustomerRepository::save);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Service {
        final OrderRepository orders;
        final OrderRepository namedLikeLegacy;
        final OrderRepository qualifiedLegacy;
        final OrderRepository qualifiedNew;
        final List<OrderRepository> all;

        Service(
                OrderRepository orders,
                OrderRepository legacyOrders,
                @Qualifier("legacyOrders") OrderRepository first,
                @Qualifier("newOrders") OrderRepository second,
                ObjectProvider<OrderRepository> all) {
            this.orders = orders;
            this.namedLikeLegacy = legacyOrders;
            this.qualifiedLegacy = first;
            this.qualifiedNew = second;
            this.all = all.stream().toList();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class WritesInItsLifecycle implements SmartLifecycle {
        final List<Throwable> failures = new ArrayList<>();
        private final OrderRepository orders;
        private boolean running;

        WritesInItsLifecycle(OrderRepository orders) {
            this.orders = orders;
        }

        @Override
        public void start() {
            orders.save(new Order(1, "at start"));
            running = true;
        }

        @Override
        public void stop() {
            try {
                orders.save(new Order(2, "at stop"));
            } catch (RuntimeException failure) {
                failures.add(failure);
            }
            running = false;
        }

        @Override
        public boolean isRunning() {
            return running;
        }

        @Override
        public int getPhase() {
            return -1_000_000;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Customizers {
        final List<String> called = new ArrayList<>();

        @Bean
        @org.springframework.core.annotation.Order(2)
        MigrationCustomizer second() {
            return (migration, builder) -> called.add("second " + migration);
        }

        @Bean
        @org.springframework.core.annotation.Order(1)
        MigrationCustomizer first() {
            return (migration, builder) -> {
                called.add("first " + migration);
                builder.requireNoReconciliation();
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnMigration {
        @Bean
        Migration ordersMigration(
                @Qualifier("legacyOrders") OrderRepository from, @Qualifier("newOrders") OrderRepository to) {
            return Migration.of("orders")
                    .between(Store.plain("mine"), Store.plain("mine too"))
                    .repository(
                            OrderRepository.class,
                            repository -> repository
                                    .from(from)
                                    .to(to)
                                    .key(Order.class, Order::id)
                                    .overwrite(OrderRepository::save))
                    .control(ManualControl.create())
                    .build();
        }

        static Migration migration(org.springframework.beans.factory.BeanFactory beans) {
            return beans.getBean("ordersMigration", Migration.class);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Eager {
        static final List<String> MADE = new ArrayList<>();

        @Bean
        Object bystander() {
            MADE.add("bystander");
            return new Object();
        }
    }
}
