package dev.crossfade.spring;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.transaction.annotation.AbstractTransactionManagementConfiguration;
import org.springframework.transaction.annotation.EnableTransactionManagement;

/** Puts every {@link MigratedRepository} of the context to work. Every bean yields to one that the service has declared. */
@AutoConfiguration(afterName = "org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration")
@EnableConfigurationProperties(CrossfadeProperties.class)
public class CrossfadeAutoConfiguration {

    CrossfadeAutoConfiguration() {}

    @Bean
    static MigrationDefinitions crossfadeMigrationDefinitions(Environment environment) {
        return new MigrationDefinitions(environment);
    }

    /** Boot does this only where it has seen a transaction manager, and those of migrations come later. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingBean(AbstractTransactionManagementConfiguration.class)
    @EnableTransactionManagement(proxyTargetClass = true)
    static class TransactionsByAnnotation {}
}
