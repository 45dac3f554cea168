package dev.crossfade.jdbc.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.crossfade.control.Stage;
import dev.crossfade.event.MigrationEvent;
import dev.crossfade.event.MigrationEvent.Compared;
import dev.crossfade.jdbc.orders.Order;
import dev.crossfade.jdbc.orders.OrdersMigration;
import dev.crossfade.jdbc.testing.Pair;
import dev.crossfade.jdbc.testing.TestDatabase;
import dev.crossfade.spi.Discrepancy.State;
import dev.crossfade.testing.LogCapture;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What the rows hold appears nowhere but in the rows, although PostgreSQL's own messages quote it. */
class CanaryOnPostgresTest extends FaultContract {
    private static final String CANARY = "canary-7f3a";

    private final List<MigrationEvent> events = new CopyOnWriteArrayList<>();

    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }

    @Test
    void no_value_gets_into_log_events_status_or_tables_whatever_the_databases_refuse() throws Exception {
        StringBuilder seen = new StringBuilder();
        try (LogCapture log = LogCapture.begin()) {
            Instance service = scene.startDual(scene.setup()
                    .change(builder -> builder.relay(r -> r.maxAttempts(2)).listener(events::add)));
            Scene.declareCopied(service);
            service.orders.put(secret(1));
            scene.awaitClean();

            // A difference that reads find, and a row that the new side refuses by quoting it.
            Scene.execute(scene.next(), "UPDATE orders SET status = '" + CANARY + " changed' WHERE id = 1");
            service.service.control.shadowPercent(100);
            await().until(() -> {
                service.orders.findById(1);
                return events.stream().anyMatch(Compared.class::isInstance)
                        && !service.service
                                .migration
                                .discrepancies()
                                .list(State.OPEN, 9)
                                .isEmpty();
            });
            Scene.execute(scene.next(), "ALTER TABLE orders ADD CONSTRAINT few_steps CHECK (steps < 100 OR id = 1)");
            service.orders.put(new Order(2, CANARY + 2, CANARY, 100));
            await().until(() -> !service.service.migration.parkedKeys().list(9).isEmpty());

            Throwable ofThePrimary = catchThrowable(() -> service.orders.put(new Order(3, CANARY + 1, CANARY, 1)));
            assertThat(ofThePrimary)
                    .as("the repository's own exception stays as it is")
                    .hasStackTraceContaining(CANARY);
            seen.append(service.service.migration.moveTo(Stage.NEW_PRIMARY, OrdersMigration.ALICE))
                    .append(service.service.migration.check(Stage.NEW_PRIMARY, OrdersMigration.ALICE))
                    .append(service.service.migration.discrepancies().list(State.OPEN, 9))
                    .append(service.service.migration.parkedKeys().list(9))
                    .append(service.service.migration.audit(99))
                    .append(service.service.migration.status())
                    .append(events);
            service.close();
            seen.append(log.text());
        }
        for (TestDatabase database : scene.databases.both()) {
            seen.append(ownTables(database));
        }

        assertThat(seen.toString()).contains("23514").doesNotContain(CANARY);
    }

    private static Order secret(long id) {
        return new Order(id, CANARY + id, CANARY, 1);
    }

    private static String ownTables(TestDatabase database) throws SQLException {
        StringBuilder text = new StringBuilder();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            List<String> tables = new ArrayList<>();
            try (ResultSet row = statement.executeQuery(
                    "SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'crossfade\\_%'")) {
                while (row.next()) {
                    tables.add(row.getString(1));
                }
            }
            assertThat(tables).hasSizeGreaterThan(5);
            for (String table : tables) {
                try (ResultSet row = statement.executeQuery("SELECT t::text FROM " + table + " t")) {
                    while (row.next()) {
                        text.append(table).append(row.getString(1)).append('\n');
                    }
                }
            }
        }
        return text.toString();
    }
}
