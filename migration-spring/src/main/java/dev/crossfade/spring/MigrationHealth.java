package dev.crossfade.spring;

import dev.crossfade.Migration;
import dev.crossfade.MigrationStatus;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * The health of migrations is never DOWN: an ill secondary is no reason to take an instance out of service whose primary serves, and
 * the primary's own health is that of its pool. UNKNOWN where a stage is not known, and so writes are refused.
 */
final class MigrationHealth implements HealthIndicator {
    private final ObjectProvider<Migration> migrations;

    MigrationHealth(ObjectProvider<Migration> migrations) {
        this.migrations = migrations;
    }

    @Override
    public Health health() {
        Health.Builder health = Health.up();
        migrations.stream().map(Migration::status).forEach(status -> {
            if (!status.stageKnown()) {
                health.unknown();
            }
            health.withDetail(status.migration(), details(status));
        });
        return health.build();
    }

    private static Map<String, Object> details(MigrationStatus status) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("stage", status.stageKnown() ? status.stage() : "unknown");
        details.put("primary", status.primary());
        details.put("dirtyKeys", status.ledger().dirty());
        details.put("parkedKeys", status.ledger().parked());
        details.put("lagMillis", status.ledger().lag().toMillis());
        // What was seen, not what is configured: a side that nobody writes shows here.
        details.put("writes", status.writes());
        if (status.settingsProblem() != null) {
            details.put("settingsProblem", status.settingsProblem());
        }
        return details;
    }
}
