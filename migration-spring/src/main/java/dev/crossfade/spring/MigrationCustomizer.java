package dev.crossfade.spring;

import dev.crossfade.MigrationBuilder;

/**
 * A bean that changes settings of a migration before it is built. It is called for every migration; where there are several
 * such beans, in their {@code @Order}. What it sets counts more than what was found in the context.
 */
@FunctionalInterface
public interface MigrationCustomizer {

    /**
     * Changes settings; called once for each migration, after its repositories were described.
     *
     * @param migration the migration's name
     */
    void customize(String migration, MigrationBuilder builder);
}
