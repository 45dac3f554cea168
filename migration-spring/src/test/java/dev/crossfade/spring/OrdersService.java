package dev.crossfade.spring;

import com.zaxxer.hikari.HikariDataSource;
import dev.crossfade.Migration;
import dev.crossfade.Operator;
import dev.crossfade.control.ManualControl;
import dev.crossfade.control.Stage;
import dev.crossfade.spring.orders.JdbcOrders;
import dev.crossfade.spring.orders.Order;
import dev.crossfade.spring.orders.OrderRepository;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** A service with its orders in two databases, as its developers would set it up. */
@Configuration(proxyBeanMethods = false)
class OrdersService {
    static final Operator ALICE = Operator.of("alice", "CHG-1").confirmingOnlyWriter();

    static ApplicationContextRunner context() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(CrossfadeAutoConfiguration.class))
                .withUserConfiguration(OrdersService.class);
    }

    /** Moves a migration, from stage to stage. */
    static void move(BeanFactory beans, Stage... stages) {
        Migration migration = beans.getBean("ordersMigration", Migration.class);
        for (Stage to : stages) {
            if (to == Stage.NEW_PRIMARY) {
                copy(migration);
            }
            if (!migration.moveTo(to, ALICE.approvingPointOfNoReturn()).moved()) {
                throw new AssertionError(migration.check(to, ALICE));
            }
        }
    }

    private static void copy(Migration migration) {
        try {
            List<String> left = migration.copy(OrderRepository.class).complete(ALICE, Duration.ofSeconds(10));
            if (!left.isEmpty()) {
                throw new AssertionError(left);
            }
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    /** Databases that live as long as this JVM; the same name leads to the same ones. */
    static String[] inMemory(String name) {
        return new String[] {
            "legacy.url=jdbc:h2:mem:legacy-" + name + ";DB_CLOSE_DELAY=-1",
            "new.url=jdbc:h2:mem:new-" + name + ";DB_CLOSE_DELAY=-1",
            "user=sa"
        };
    }

    private static HikariDataSource pool(String url, String user) {
        HikariDataSource pool = new HikariDataSource();
        pool.setDataSource(new BreakableCommits(new DriverManagerDataSource(url, user, "")));
        pool.setMaximumPoolSize(8);
        pool.setConnectionTimeout(5_000);
        return pool;
    }

    @Bean
    HikariDataSource legacyDataSource(@Value("${legacy.url}") String url, @Value("${user}") String user) {
        return pool(url, user);
    }

    @Bean
    HikariDataSource newDataSource(@Value("${new.url}") String url, @Value("${user}") String user) {
        return pool(url, user);
    }

    @Bean
    JdbcOrders legacyOrders(@Qualifier("legacyDataSource") DataSource pool) {
        return new JdbcOrders(pool);
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
    MigrationCustomizer impatience() {
        return (migration, builder) -> builder.requireNoReconciliation().closeTimeout(Duration.ofSeconds(1));
    }

    @Bean
    ManualControl control() {
        return ManualControl.create();
    }
}
