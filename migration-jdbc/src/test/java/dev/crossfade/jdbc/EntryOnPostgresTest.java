package dev.crossfade.jdbc;

import static dev.crossfade.jdbc.orders.OrdersMigration.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.orders.OrdersMigration;
import dev.crossfade.jdbc.testing.Pair;
import java.sql.Connection;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class EntryOnPostgresTest extends EntryContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }

    @Test
    void a_transaction_that_has_only_read_may_still_write_and_counts() throws Exception {
        try (OrdersMigration service = start(Duration.ZERO);
                Connection stranger = stranger()) {
            execute(stranger, "SELECT 1 FROM orders");
            assertThat(service.migration.check(Stage.LEGACY_PRIMARY, ALICE))
                    .singleElement()
                    .asString()
                    .contains("idle in transaction");
        }
    }

    @Test
    void a_user_without_further_rights_sees_the_transactions_of_others() throws Exception {
        start(Duration.ZERO).close();
        try (Connection stranger = stranger()) {
            insert(stranger, "old");
            try (Connection connection = databases.legacy().connect()) {
                execute(connection, "DROP ROLE IF EXISTS plain");
            }
            assertThat(checkedBy(poolOfPlainUser(
                            databases.legacy().url(),
                            "CREATE ROLE plain LOGIN PASSWORD 'plain'",
                            "GRANT USAGE ON SCHEMA public TO plain",
                            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO plain",
                            "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO plain")))
                    .singleElement()
                    .asString()
                    .startsWith("session ")
                    .contains("(user postgres");
        }
    }
}
