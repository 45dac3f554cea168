package dev.crossfade.jdbc.internal.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.crossfade.Side;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.testing.TestDatabase;
import dev.crossfade.jdbc.testing.TestServer;
import dev.crossfade.spi.Change;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.Touch;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/** A database with the tables and a fence that is PRIMARY at epoch {@value #EPOCH}, and sessions on it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class SqlContract {
    static final String MIGRATION = "orders";
    static final String ENTITY = "Order";
    static final long EPOCH = 7;
    static final long GENERATION = 3;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private TestDatabase database;
    private Dialect dialect;

    abstract TestServer server();

    @BeforeAll
    void create_tables() throws SQLException {
        database = server().newDatabase();
        try (Connection connection = database.connect()) {
            dialect = Dialect.of(connection);
            Schema.ensure(connection, Schema.DEFAULT_PREFIX, Schema.Mode.IF_MISSING, Duration.ofSeconds(20));
        }
        // For transactions of users, to read and write before the ledger.
        execute("CREATE TABLE item (id INT PRIMARY KEY)");
    }

    @BeforeEach
    void begin_with_nothing_but_a_fence() {
        for (String table : List.of("crossfade_fence", "crossfade_ledger", "crossfade_failure", "item")) {
            execute("DELETE FROM " + table);
        }
        execute(connection -> fence().create(connection, open(Role.PRIMARY, EPOCH)));
    }

    @AfterAll
    void drop_everything() {
        threads.shutdownNow();
        database.close();
    }

    interface Work<T> {
        T on(Connection connection) throws Exception;
    }

    final TestDatabase database() {
        return database;
    }

    final Dialect dialect() {
        return dialect;
    }

    final FenceTable fence() {
        return fence(Side.LEGACY);
    }

    final FenceTable fence(Side side) {
        return new FenceTable(dialect, Schema.DEFAULT_PREFIX, MIGRATION, side);
    }

    final LedgerTable ledger() {
        return ledger(Side.LEGACY);
    }

    final LedgerTable ledger(Side side) {
        return new LedgerTable(dialect, Schema.DEFAULT_PREFIX, MIGRATION, side, KeyCodec.standard());
    }

    final FailureTable failures() {
        return new FailureTable(ledger());
    }

    final LedgerPages pages() {
        return new LedgerPages(ledger());
    }

    static FenceRow open(Role role, long epoch) {
        return new FenceRow(role, Stage.LEGACY_PRIMARY, epoch, GENERATION, 11, "here");
    }

    static EntityKey key(Object key) {
        return new EntityKey(ENTITY, key);
    }

    static List<Touch> written(Object... keys) {
        return Arrays.stream(keys)
                .map(key -> new Touch(key(key), Change.WRITTEN))
                .toList();
    }

    /** A session of its own, in a transaction at READ COMMITTED. */
    final Connection session() throws SQLException {
        return session(Connection.TRANSACTION_READ_COMMITTED);
    }

    final Connection session(int isolation) throws SQLException {
        Connection connection = database.connect();
        connection.setTransactionIsolation(isolation);
        connection.setAutoCommit(false);
        return connection;
    }

    final <T> T inTransaction(Work<T> work) {
        try (Connection connection = database.dataSource().getConnection()) {
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            connection.setAutoCommit(false);
            T result = work.on(connection);
            connection.commit();
            return result;
        } catch (Exception e) {
            throw new AssertionError("The transaction failed", e);
        }
    }

    interface Step {
        void on(Connection connection) throws Exception;
    }

    final void execute(Step step) {
        inTransaction(connection -> {
            step.on(connection);
            return true;
        });
    }

    final void execute(String sql) {
        inTransaction(connection -> {
            try (Statement statement = connection.createStatement()) {
                return statement.execute(sql);
            }
        });
    }

    final void writeFence(FenceRow row) {
        execute(connection -> {
            assertThat(fence().lockExclusive(connection, Duration.ofSeconds(10)))
                    .isPresent();
            fence().write(connection, row);
        });
    }

    final <T> Future<T> meanwhile(Callable<T> work) {
        return threads.submit(work);
    }

    final Future<?> meanwhile(Runnable work) {
        return threads.submit(work);
    }

    /** Returns once a session waits for a lock. */
    final void awaitBlockedSession() {
        String waiting = switch (server()) {
            case POSTGRES ->
                "SELECT count(*) FROM pg_stat_activity"
                        + " WHERE wait_event_type = 'Lock' AND datname = current_database()";
            case MARIADB -> "SELECT count(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'";
            case H2, H2_SHARED -> // H2 waits for an inserted key by trying again, without naming who holds it.
                "SELECT count(*) FROM information_schema.sessions"
                        + " WHERE blocker_id IS NOT NULL OR executing_statement LIKE 'INSERT INTO%'";
        };
        await().until(() -> number(waiting) > 0);
    }

    final long number(String select) {
        return inTransaction(connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(select)) {
                row.next();
                return row.getLong(1);
            }
        });
    }

    /** Has the session live east or west of everybody else. */
    final void setZone(Connection connection, boolean east) throws SQLException {
        String offset = east ? "5:45" : "-9:30";
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    switch (server()) {
                        case POSTGRES ->
                            "SET LOCAL TIME ZONE '" + (east ? "Asia/Kathmandu" : "Pacific/Marquesas") + "'";
                        case MARIADB -> "SET time_zone = '" + (east ? "+" : "") + offset + "'";
                        case H2, H2_SHARED -> "SET TIME ZONE '" + offset + "'";
                    });
        }
    }
}
