package dev.crossfade.spring;

import dev.crossfade.Migration;
import dev.crossfade.MigrationPlan;
import dev.crossfade.MigrationStatus;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/** How the migrations stand, for people and dashboards. Changes nothing. */
@Endpoint(id = "migrations")
final class MigrationsEndpoint {
    private final ObjectProvider<Migration> migrations;

    MigrationsEndpoint(ObjectProvider<Migration> migrations) {
        this.migrations = migrations;
    }

    /** All migrations by name. */
    record All(Map<String, MigrationStatus> migrations) {}

    /** One migration, and what it does with each method. */
    record One(MigrationStatus status, MigrationPlan plan) {}

    @ReadOperation
    All all() {
        Map<String, MigrationStatus> byName = new TreeMap<>();
        migrations.stream().forEach(migration -> byName.put(migration.name(), migration.status()));
        return new All(byName);
    }

    /** None of a name that there is not, which is answered with 404. */
    @ReadOperation
    @Nullable
    One one(@Selector String name) {
        return migrations.stream()
                .filter(migration -> migration.name().equals(name))
                .findFirst()
                .map(migration -> new One(migration.status(), migration.plan()))
                .orElse(null);
    }
}
