package dev.crossfade.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.zaxxer.hikari.HikariDataSource;
import dev.crossfade.Migration;
import dev.crossfade.MigrationException;
import dev.crossfade.control.ManualControl;
import dev.crossfade.spring.orders.JdbcOrders;
import dev.crossfade.spring.orders.Order;
import dev.crossfade.spring.orders.OrderRepository;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionManagerCustomizationAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionManager;
import org.springframework.transaction.annotation.Transactional;

/** A service of Boot's making, with its own database and a second one for the orders that leave it. */
class BootTest {
    private static final String DATABASE = "jdbc:h2:mem:boot-" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";

    private final ApplicationContextRunner context = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    CrossfadeAutoConfiguration.class,
                    DataSourceAutoConfiguration.class,
                    DataSourceTransactionManagerAutoConfiguration.class,
                    JdbcTemplateAutoConfiguration.class,
                    JdbcClientAutoConfiguration.class,
                    TransactionAutoConfiguration.class,
                    TransactionManagerCustomizationAutoConfiguration.class))
            .withUserConfiguration(Service.class)
            .withPropertyValues("spring.datasource.url=" + DATABASE, "spring.datasource.username=sa");

    @Test
    void boots_own_beans_stay_as_they_are() {
        context.run(started -> {
            assertThat(started).hasNotFailed().hasSingleBean(JdbcClient.class);
            assertThat(started.getBean("dataSource")).isExactlyInstanceOf(HikariDataSource.class);
            assertThat(started.getBean("newDataSource")).isExactlyInstanceOf(HikariDataSource.class);
            assertThat(started.getBean(TransactionManager.class))
                    .isExactlyInstanceOf(JdbcTransactionManager.class)
                    .isSameAs(started.getBean("transactionManager"));
            assertThat(started.getBean("ordersTransactionManager"))
                    .isExactlyInstanceOf(MigrationTransactionManager.class);
        });
    }

    @Test
    void legacy_is_the_primary_data_source_where_nothing_else_is_said() {
        context.run(started -> {
            started.getBean(OrderRepository.class).save(new Order(1, "new"));
            assertThat(started.getBean(JdbcClient.class)
                            .sql("SELECT COUNT(*) FROM orders")
                            .query(Integer.class)
                            .single())
                    .isEqualTo(1);
        });
    }

    @Test
    void an_unqualified_transaction_is_the_services_own_and_a_write_of_orders_in_it_is_refused_aloud() {
        context.run(started -> {
            Business business = started.getBean(Business.class);
            assertThatThrownBy(business::writeUnqualified)
                    .isInstanceOf(MigrationException.class)
                    .hasMessageContaining("Nothing of it was written");
            business.write();
            assertThat(started.getBean(OrderRepository.class).findById(2)).isPresent();
            assertThat(started.getBean(OrderRepository.class).findById(3)).isEmpty();
        });
    }

    @Test
    void no_bean_is_made_before_all_post_processors_are() {
        Logger checker = (Logger) LoggerFactory.getLogger("org.springframework.context.support");
        ListAppender<ILoggingEvent> warnings = new ListAppender<>();
        warnings.start();
        checker.setLevel(Level.INFO);
        checker.setAdditive(false);
        checker.addAppender(warnings);
        try {
            context.run(started -> assertThat(started).hasSingleBean(Migration.class));
        } finally {
            checker.detachAppender(warnings);
            checker.setLevel(null);
            checker.setAdditive(true);
        }
        assertThat(warnings.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .noneMatch(message -> message.contains("is not eligible for getting processed"));
    }

    @Configuration(proxyBeanMethods = false)
    static class Service {
        @Bean(defaultCandidate = false)
        HikariDataSource newDataSource() {
            HikariDataSource pool = new HikariDataSource();
            pool.setJdbcUrl("jdbc:h2:mem:boot-new-" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
            pool.setUsername("sa");
            return pool;
        }

        @Bean
        JdbcOrders legacyOrders(DataSource own) {
            return new JdbcOrders(own);
        }

        @Bean
        JdbcOrders newOrders(@Qualifier("newDataSource") DataSource pool) {
            return new JdbcOrders(pool);
        }

        @Bean
        RepositoryCustomizer<OrderRepository> orders() {
            return orders -> orders.key(Order.class, Order::id).overwrite(OrderRepository::save);
        }

        @Bean
        ManualControl control() {
            return ManualControl.create();
        }

        @Bean
        Business business(OrderRepository orders) {
            return new Business(orders);
        }
    }

    /** Business as usual. */
    static class Business {
        private final OrderRepository orders;

        Business(OrderRepository orders) {
            this.orders = orders;
        }

        @Transactional
        public void writeUnqualified() {
            orders.save(new Order(3, "new"));
        }

        @Transactional("orders")
        public void write() {
            orders.save(new Order(2, "new"));
        }
    }
}
