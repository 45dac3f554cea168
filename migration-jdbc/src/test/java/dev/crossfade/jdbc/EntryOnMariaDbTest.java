package dev.crossfade.jdbc;

import static dev.crossfade.jdbc.orders.OrdersMigration.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.orders.OrdersMigration;
import dev.crossfade.jdbc.testing.Pair;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EntryOnMariaDbTest extends EntryContract {
    @Override
    Pair pair() {
        return Pair.MARIADB;
    }

    @Test
    void a_user_who_may_not_see_the_transactions_of_others_is_told_what_is_missing() throws Exception {
        start(Duration.ZERO).close();
        assertThat(checkedBy(poolOfPlainUser(
                        databases.legacy().url(),
                        "CREATE OR REPLACE USER plain@'%' IDENTIFIED BY 'plain'",
                        "GRANT ALL ON " + databases.legacy().name() + ".* TO plain@'%'")))
                .singleElement()
                .asString()
                .contains("lacks the PROCESS privilege");
    }

    /** The server renews the list only if nobody has read it for 100 ms. */
    @Test
    void a_list_that_a_monitor_keeps_old_is_not_trusted() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger reads = new AtomicInteger();
        try (OrdersMigration service = start(Duration.ZERO);
                Connection monitored = databases.legacy().connect();
                Connection stranger = stranger()) {
            Thread monitor = new Thread(() -> {
                while (!stop.get()) {
                    try {
                        execute(monitored, "SELECT COUNT(*) FROM information_schema.innodb_trx");
                        reads.incrementAndGet();
                    } catch (SQLException gone) {
                        return;
                    }
                }
            });
            monitor.start();
            try {
                await().until(() -> reads.get() > 10);
                insert(stranger, "old");

                assertThat(service.migration.check(Stage.LEGACY_PRIMARY, ALICE)).hasSize(1);
            } finally {
                stop.set(true);
                monitor.join();
            }
            stranger.rollback();
            assertThat(service.migration.check(Stage.LEGACY_PRIMARY, ALICE)).isEmpty();
        }
    }
}
