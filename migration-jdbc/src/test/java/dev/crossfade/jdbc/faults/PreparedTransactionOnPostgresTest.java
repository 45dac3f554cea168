package dev.crossfade.jdbc.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.orders.OrdersMigration;
import dev.crossfade.jdbc.testing.Pair;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A commit in two phases takes a transaction out of its session. */
class PreparedTransactionOnPostgresTest extends FaultContract {
    private static final String LIST = "SELECT k.pid || '/' || k.virtualtransaction";

    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }

    @Test
    void an_entry_waits_for_an_older_transaction_that_is_prepared_meanwhile() throws Exception {
        Instance service = scene.start(scene.setup());
        try (Connection stranger = scene.legacy().connect();
                Statement statement = stranger.createStatement()) {
            stranger.setAutoCommit(false);
            statement.execute("INSERT INTO orders (id, number, status, steps) VALUES (1, 'n1', 'open', 1)");
            service.onLegacy.after(LIST, () -> statement.execute("PREPARE TRANSACTION 'late'"));

            Meanwhile<List<String>> check =
                    meanwhile(() -> service.service.migration.check(Stage.LEGACY_PRIMARY, OrdersMigration.ALICE));
            await().atMost(Scene.PATIENCE).until(() -> check.done().isDone() || service.onLegacy.count(LIST) >= 4);

            boolean waits = !check.done().isDone();
            // Before anything may fail: its locks would keep the database from being emptied.
            stranger.rollback();
            stranger.setAutoCommit(true);
            statement.execute("COMMIT PREPARED 'late'");
            assertThat(waits).isTrue();
            assertThat(check.result()).isEmpty();
        }
    }
}
