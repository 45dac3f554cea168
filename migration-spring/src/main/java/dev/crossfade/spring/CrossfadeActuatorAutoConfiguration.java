package dev.crossfade.spring;

import dev.crossfade.Migration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Shows migrations to operators, as far as the actuator is there. */
@AutoConfiguration(after = CrossfadeAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "crossfade.enabled", matchIfMissing = true)
public class CrossfadeActuatorAutoConfiguration {

    CrossfadeActuatorAutoConfiguration() {}

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
    static class OfEndpoint {

        @Bean
        @ConditionalOnAvailableEndpoint
        @ConditionalOnMissingBean
        MigrationsEndpoint migrationsEndpoint(ObjectProvider<Migration> migrations) {
            return new MigrationsEndpoint(migrations);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
    static class OfHealth {

        @Bean
        @ConditionalOnEnabledHealthIndicator("crossfade")
        @ConditionalOnMissingBean(name = "crossfadeHealthIndicator")
        HealthIndicator crossfadeHealthIndicator(ObjectProvider<Migration> migrations) {
            return new MigrationHealth(migrations);
        }
    }
}
