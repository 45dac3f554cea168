package dev.crossfade.spring;

import dev.crossfade.ConfigurationException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Tells mistakes in the description of a migration without a stack trace. */
final class ConfigurationFailureAnalyzer extends AbstractFailureAnalyzer<ConfigurationException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, ConfigurationException cause) {
        return new FailureAnalysis(
                "The configuration of migration '" + cause.migration() + "' does not hold. Nothing was started.\n\n"
                        + WiringException.bullets(cause.mistakes()),
                "What belongs to a repository, such as .key(..) and .overwrite(..), goes into a bean of type "
                        + "RepositoryCustomizer<YourRepository>; what belongs to the migration as a whole into one of type "
                        + "MigrationCustomizer.",
                cause);
    }
}
