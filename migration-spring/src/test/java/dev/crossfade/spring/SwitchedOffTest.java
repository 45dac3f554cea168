package dev.crossfade.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.Migration;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.Database;
import dev.crossfade.jdbc.JdbcCoordination;
import dev.crossfade.spi.Coordination;
import dev.crossfade.spring.orders.Order;
import dev.crossfade.spring.orders.OrderRepository;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.AbstractDataSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** {@code crossfade.enabled=false} takes everything away, and moves no primary by it. */
class SwitchedOffTest {
    private final ApplicationContextRunner context = OrdersService.context()
            .withPropertyValues(OrdersService.inMemory(UUID.randomUUID().toString()))
            .withPropertyValues("crossfade.migrations.orders.table-prefix=move_");
    private final ApplicationContextRunner switchedOff = context.withPropertyValues("crossfade.enabled=false");

    @Test
    void before_the_first_start_legacy_is_used_without_a_migration() {
        switchedOff.run(started -> {
            assertThat(started)
                    .hasNotFailed()
                    .doesNotHaveBean(Migration.class)
                    .doesNotHaveBean(MigrationLifecycle.class);
            assertThat(started.getBean(OrderRepository.class)).isSameAs(started.getBean("legacyOrders"));
            rollsBack(started.getBean(OrderRepository.class), started.getBean(PlatformTransactionManager.class));
        });
    }

    @Test
    void in_legacy_only_legacy_is_used() {
        context.run(started -> assertThat(started).hasNotFailed());
        switchedOff.run(started ->
                assertThat(started.getBean(OrderRepository.class)).isSameAs(started.getBean("legacyOrders")));
    }

    @Test
    void while_both_stores_are_written_the_service_does_not_start() {
        context.run(started -> OrdersService.move(started, Stage.LEGACY_PRIMARY));
        switchedOff.run(failed -> assertThat(Diagnosis.of(failed.getStartupFailure()))
                .contains("crossfade.enabled is false, and migration 'orders' is in LEGACY_PRIMARY")
                .contains("Enable it again"));
    }

    @Test
    void in_new_only_the_new_store_is_used() {
        context.run(started -> {
            OrdersService.move(started, Stage.LEGACY_PRIMARY, Stage.NEW_PRIMARY, Stage.NEW_ONLY);
            started.getBean(OrderRepository.class).save(new Order(1, "new"));
        });
        switchedOff.run(started -> {
            assertThat(started.getBean(OrderRepository.class)).isSameAs(started.getBean("newOrders"));
            assertThat(started.getBean(OrderRepository.class).findById(1)).isPresent();
            rollsBack(started.getBean(OrderRepository.class), started.getBean(PlatformTransactionManager.class));
        });
    }

    @Test
    void the_coordination_of_the_context_says_which_store_has_the_data() {
        context.withUserConfiguration(OwnCoordination.class).run(started -> {
            assertThat(started).hasNotFailed();
            OrdersService.move(started, Stage.LEGACY_PRIMARY, Stage.NEW_PRIMARY, Stage.NEW_ONLY);
        });
        switchedOff
                .withUserConfiguration(OwnCoordination.class)
                .run(started ->
                        assertThat(started.getBean(OrderRepository.class)).isSameAs(started.getBean("newOrders")));
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnCoordination {
        @Bean
        JdbcCoordination ordersCoordination(
                @Qualifier("ordersLegacyStore") Database legacy, @Qualifier("ordersNewStore") Database next) {
            return JdbcCoordination.between(legacy, next).tablePrefix("own_");
        }
    }

    @Test
    void a_coordination_that_does_not_tell_which_store_has_the_data_keeps_the_service_from_starting() {
        switchedOff
                .withBean("ordersCoordination", Coordination.Factory.class, () -> setup -> {
                    throw new UnsupportedOperationException();
                })
                .run(failed -> assertThat(Diagnosis.of(failed.getStartupFailure()))
                        .contains("the bean ordersCoordination is no JdbcCoordination")
                        .contains("Enable it again"));
    }

    @Test
    void while_the_new_database_does_not_answer_nobody_says_that_the_migration_was_never_started() {
        switchedOff
                .withUserConfiguration(NewDatabaseIsDown.class)
                .run(failed -> assertThat(failed.getStartupFailure())
                        .rootCause()
                        .isInstanceOf(SQLException.class)
                        .hasMessage("planned"));
    }

    @Configuration(proxyBeanMethods = false)
    static class NewDatabaseIsDown {
        @Bean
        Database ordersLegacyStore(@Qualifier("legacyDataSource") DataSource pool) {
            return Database.of("legacy", pool);
        }

        @Bean
        Database ordersNewStore() {
            return Database.of("new", new AbstractDataSource() {
                @Override
                public Connection getConnection() throws SQLException {
                    throw new SQLException("planned", "08001");
                }

                @Override
                public Connection getConnection(String user, String password) throws SQLException {
                    return getConnection();
                }
            });
        }
    }

    private static void rollsBack(OrderRepository orders, PlatformTransactionManager manager) {
        new TransactionTemplate(manager).executeWithoutResult(status -> {
            orders.save(new Order(2, "undone"));
            status.setRollbackOnly();
        });
        assertThat(orders.findById(2)).isEmpty();
    }
}
