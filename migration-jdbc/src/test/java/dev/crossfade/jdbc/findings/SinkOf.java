package dev.crossfade.jdbc.findings;

import static org.awaitility.Awaitility.await;

import dev.crossfade.compare.FieldDifference;
import dev.crossfade.jdbc.Database;
import dev.crossfade.jdbc.JdbcCoordination;
import dev.crossfade.jdbc.orders.OrdersMigration;
import dev.crossfade.jdbc.testing.TestDatabases;
import dev.crossfade.spi.Coordination;
import dev.crossfade.spi.Discrepancy.Finding;
import dev.crossfade.spi.Discrepancy.Kind;
import dev.crossfade.spi.DiscrepancySink;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.Platform;
import dev.crossfade.spi.Version;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** The sink of one more instance, for findings that a test makes up. It starts with the first of them. */
final class SinkOf implements AutoCloseable {
    private final Coordination coordination;
    private boolean started;

    SinkOf(TestDatabases databases) {
        this.coordination = JdbcCoordination.between(
                        Database.of("legacy", databases.legacy().dataSource()),
                        Database.of("next", databases.next().dataSource()))
                .create(new Coordination.Setup(
                        OrdersMigration.NAME,
                        List.of(new Coordination.Entity("Order", false, false)),
                        Platform.system(),
                        10,
                        1_000));
    }

    private DiscrepancySink sink() {
        if (!started) {
            started = true;
            coordination.start();
        }
        return coordination.discrepancies();
    }

    /** Finds a difference at the key's present version. */
    void record(FieldDifference difference, long id) {
        EntityKey key = new EntityKey("Order", id);
        Version version = Objects.requireNonNull(sink().versions(List.of(key)).get(key));
        long epoch = coordination.fence().view().epoch();
        record(new Finding(key, Kind.DIFFERENT, List.of(difference), "test", epoch, version, 1));
    }

    void record(Finding finding) {
        sink().record(List.of(finding), 0);
    }

    void withoutRoom(int findings) {
        sink().record(List.of(), findings);
    }

    void awaitEpoch(OrdersMigration service) {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> coordination.fence().view().epoch()
                        == service.migration.status().epoch());
    }

    @Override
    public void close() {
        if (started) {
            coordination.close();
        }
    }
}
