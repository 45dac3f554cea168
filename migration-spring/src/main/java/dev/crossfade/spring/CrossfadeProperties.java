package dev.crossfade.spring;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;

/**
 * Settings of the Spring wiring.
 *
 * @param enabled    whether migrated repositories migrate
 * @param migrations settings by the name of the migration
 */
@ConfigurationProperties(prefix = CrossfadeProperties.PREFIX, ignoreUnknownFields = false)
record CrossfadeProperties(
        @DefaultValue("true") boolean enabled, @DefaultValue Map<String, OfMigration> migrations) {
    static final String PREFIX = "crossfade";

    OfMigration migration(String name) {
        return migrations.getOrDefault(name, OfMigration.NONE);
    }

    /**
     * Settings of one migration.
     *
     * @param legacy the legacy store
     * @param next   the new store
     * @param tablePrefix what the names of Crossfade's tables begin with, in both databases
     */
    record OfMigration(
            @DefaultValue OfStore legacy,
            @DefaultValue @Name("new") OfStore next,
            @DefaultValue(DEFAULT_TABLE_PREFIX) String tablePrefix) {
        /** That of {@code JdbcCoordination}, which need not be on the class path. */
        static final String DEFAULT_TABLE_PREFIX = "crossfade_";

        static final OfMigration NONE = new OfMigration(new OfStore(null), new OfStore(null), DEFAULT_TABLE_PREFIX);
    }

    /**
     * Settings of a store.
     *
     * @param dataSource the name of its DataSource bean
     */
    record OfStore(@Nullable String dataSource) {}
}
