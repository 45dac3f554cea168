package dev.crossfade.jdbc.internal.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.crossfade.jdbc.testing.TestServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class LedgerChangesOnPostgresTest extends LedgerChangesContract {
    @Override
    TestServer server() {
        return TestServer.POSTGRES;
    }

    @Test
    void a_write_that_waits_for_another_of_its_key_is_as_young_as_the_end_of_its_wait() throws Exception {
        raise(written(1L));
        try (Connection first = session();
                Connection second = session()) {
            ledger().raise(first, 0, EPOCH, written(1L));
            CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(() -> raiseAndCommit(second));
            await().atMost(Duration.ofSeconds(20)).until(this::someoneWaits);
            Instant whileItWaits = ask("SELECT clock_timestamp()");
            first.commit();
            assertThat(waiting.get(20, TimeUnit.SECONDS)).isTrue();

            Instant noted = inTransaction(connection -> changedAt(connection, 1));
            assertThat(noted).isAfter(whileItWaits);
        }
    }

    private Boolean raiseAndCommit(Connection connection) {
        try {
            boolean raised = ledger().raise(connection, 0, EPOCH, written(1L));
            connection.commit();
            return raised;
        } catch (SQLException failure) {
            throw new AssertionError(failure);
        }
    }

    private boolean someoneWaits() {
        return inTransaction(connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT 1 FROM pg_stat_activity"
                            + " WHERE datname = current_database() AND wait_event_type = 'Lock'")) {
                return row.next();
            }
        });
    }

    private Instant ask(String select) {
        return inTransaction(connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(select)) {
                row.next();
                return row.getObject(1, OffsetDateTime.class).toInstant();
            }
        });
    }
}
