package dev.crossfade.jdbc;

import static dev.crossfade.jdbc.orders.OrdersMigration.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.crossfade.CopyRun;
import dev.crossfade.MoveResult;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.orders.Order;
import dev.crossfade.jdbc.orders.Orders;
import dev.crossfade.jdbc.orders.OrdersMigration;
import dev.crossfade.jdbc.testing.Pair;
import dev.crossfade.jdbc.testing.TestDatabases;
import dev.crossfade.testing.Moves;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Before the dual write begins, every transaction has ended that is older than the move: what one of an instance without the
 * library commits later, no ledger and no copy would know of.
 */
abstract class EntryContract {
    private static final Duration LITTLE = Duration.ofMillis(300);
    private static final Duration LONG = Duration.ofSeconds(60);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    TestDatabases databases;

    abstract Pair pair();

    @BeforeEach
    void open() {
        databases = pair().open();
        OrdersMigration.createTables(databases);
    }

    @AfterEach
    void close() {
        threads.shutdownNow();
        databases.close();
    }

    OrdersMigration start(Duration wait) {
        return start(databases.legacy().dataSource(), wait);
    }

    private OrdersMigration start(DataSource legacyPool, Duration wait) {
        return OrdersMigration.coordinated(
                        databases, legacyPool, coordination -> coordination.waitForOlderTransactions(wait))
                .start();
    }

    /** A session of a service that knows nothing of the migration. */
    Connection stranger() throws SQLException {
        Connection stranger = databases.legacy().connect();
        stranger.setAutoCommit(false);
        return stranger;
    }

    static void insert(Connection connection, String number) throws SQLException {
        execute(connection, "INSERT INTO orders (number, status, steps) VALUES ('" + number + "', 'open', 1)");
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void an_entry_is_refused_while_a_transaction_that_is_older_may_still_commit() throws Exception {
        try (OrdersMigration service = start(LITTLE);
                Connection stranger = stranger()) {
            insert(stranger, "canary");

            assertThat(service.migration.moveTo(Stage.LEGACY_PRIMARY, ALICE))
                    .isInstanceOfSatisfying(
                            MoveResult.Refused.class,
                            refused -> assertThat(refused.reasons())
                                    .singleElement()
                                    .asString()
                                    .startsWith("session ")
                                    .contains("older than the move")
                                    .doesNotContain("canary"));
            assertThat(service.migration.check(Stage.LEGACY_PRIMARY, ALICE))
                    .singleElement()
                    .asString()
                    .startsWith("session ");
            assertThat(service.migration.status().stage()).isEqualTo(Stage.LEGACY_ONLY);

            stranger.commit();
            assertThat(service.migration.check(Stage.LEGACY_PRIMARY, ALICE)).isEmpty();
        }
    }

    @Test
    void an_entry_waits_for_an_older_transaction_and_what_it_commits_is_copied() throws Exception {
        try (OrdersMigration service = start(LONG);
                Connection stranger = stranger()) {
            insert(stranger, "old");
            Future<MoveResult> move = threads.submit(() -> service.migration.moveTo(Stage.LEGACY_PRIMARY, ALICE));
            // Writes go on while it waits.
            Order meanwhile = service.orders.insert(new Order(0, "meanwhile", "open", 1));
            assertThat(move).isNotDone();
            stranger.commit();
            assertThat(move.get()).isInstanceOf(MoveResult.Moved.class);

            List<Long> ids = service.legacy
                    .jdbi()
                    .withHandle(handle -> handle.createQuery("SELECT id FROM orders")
                            .mapTo(Long.class)
                            .list());
            assertThat(ids).hasSize(2).contains(meanwhile.id());
            CopyRun copy = service.migration.copy(Orders.class);
            copy.mark(ids);
            assertThat(copy.complete(ALICE, LONG)).isEmpty();
            assertThat(service.newOrders.findAllById(ids))
                    .extracting(Order::number)
                    .contains("old", "meanwhile");
        }
    }

    @Test
    void an_entry_does_not_wait_for_transactions_that_begin_later() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger written = new AtomicInteger();
        try (OrdersMigration service = start(LONG)) {
            List<Future<?>> writers = new ArrayList<>();
            for (int writer = 0; writer < 3; writer++) {
                writers.add(threads.submit(() -> {
                    while (!stop.get()) {
                        service.orders.insert(new Order(0, "order-" + written.incrementAndGet(), "open", 1));
                    }
                }));
            }
            await().atMost(LONG).until(() -> written.get() > 10);
            try {
                Moves.move(service.migration, Stage.LEGACY_PRIMARY, ALICE);
            } finally {
                stop.set(true);
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
        }
    }

    /** Makes a user of the legacy database that may read and write its tables and nothing else; returns its pool. */
    HikariDataSource poolOfPlainUser(String url, String... grants) throws SQLException {
        try (Connection connection = databases.legacy().connect()) {
            for (String grant : grants) {
                execute(connection, grant);
            }
        }
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setUsername("plain");
        config.setPassword("plain");
        config.setMaximumPoolSize(8);
        config.setMinimumIdle(0);
        return new HikariDataSource(config);
    }

    List<String> checkedBy(HikariDataSource plainUser) {
        try (plainUser;
                OrdersMigration service = start(plainUser, LITTLE)) {
            return service.migration.check(Stage.LEGACY_PRIMARY, ALICE);
        }
    }
}
