package dev.crossfade.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.crossfade.control.Stage;
import dev.crossfade.spring.orders.Order;
import dev.crossfade.spring.orders.OrderRepository;
import java.util.Objects;
import java.util.UUID;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What operators see. */
class ActuatorTest {
    private final ApplicationContextRunner context = OrdersService.context()
            .withConfiguration(AutoConfigurations.of(CrossfadeActuatorAutoConfiguration.class))
            .withPropertyValues(OrdersService.inMemory(UUID.randomUUID().toString()))
            .withPropertyValues(
                    "management.endpoints.web.exposure.include=*", "management.endpoints.jmx.exposure.include=*");

    @Test
    void the_endpoint_shows_all_migrations_one_and_none() {
        context.run(started -> {
            OrdersService.move(started, Stage.LEGACY_PRIMARY);
            MigrationsEndpoint endpoint = started.getBean(MigrationsEndpoint.class);
            assertThat(endpoint.all().migrations())
                    .hasEntrySatisfying(
                            "orders", status -> assertThat(status.stage()).isEqualTo(Stage.LEGACY_PRIMARY));
            assertThat(Objects.requireNonNull(endpoint.one("orders")).plan().repositories())
                    .singleElement()
                    .satisfies(plan -> assertThat(plan.repository()).isEqualTo("OrderRepository"));
            assertThat(endpoint.one("ordres")).isNull();
        });
    }

    @Test
    void a_new_store_that_is_ill_takes_no_instance_out_of_service() {
        context.run(started -> {
            OrdersService.move(started, Stage.LEGACY_PRIMARY);
            started.getBean("newDataSource", HikariDataSource.class).close();
            started.getBean(OrderRepository.class).save(new Order(1, "new"));
            Health health = Objects.requireNonNull(started.getBean("crossfadeHealthIndicator", HealthIndicator.class)
                    .health());
            assertThat(health.getStatus()).isEqualTo(Status.UP);
            assertThat(health.getDetails().get("orders"))
                    .asInstanceOf(InstanceOfAssertFactories.MAP)
                    .containsEntry("stage", Stage.LEGACY_PRIMARY)
                    .containsEntry("dirtyKeys", 1)
                    .containsKey("writes");
        });
    }

    @Test
    void each_goes_by_its_own_switch_and_all_by_that_of_crossfade() {
        context.withPropertyValues("management.health.crossfade.enabled=false")
                .run(started -> assertThat(started)
                        .doesNotHaveBean("crossfadeHealthIndicator")
                        .hasSingleBean(MigrationsEndpoint.class));
        context.withPropertyValues("management.endpoint.migrations.access=NONE")
                .run(started -> assertThat(started).doesNotHaveBean(MigrationsEndpoint.class));
        context.withPropertyValues("crossfade.enabled=false")
                .run(started -> assertThat(started)
                        .hasNotFailed()
                        .doesNotHaveBean(MigrationsEndpoint.class)
                        .doesNotHaveBean("crossfadeHealthIndicator"));
    }

    @Test
    void without_the_actuator_the_service_starts() {
        for (String absent : new String[] {
            "org.springframework.boot.actuate", "org.springframework.boot.health", "io.micrometer.observation"
        }) {
            context.withClassLoader(new FilteredClassLoader(absent))
                    .run(started -> assertThat(started).hasNotFailed());
        }
    }
}
