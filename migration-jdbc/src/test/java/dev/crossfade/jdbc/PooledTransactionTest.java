package dev.crossfade.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.crossfade.CommitOutcomeUnknownException;
import dev.crossfade.Store;
import dev.crossfade.jdbc.testing.TestDatabase;
import dev.crossfade.jdbc.testing.TestServer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.stream.Stream;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a connection that fails at the wrong moment. */
class PooledTransactionTest {
    private static final Store.Work<String> WORK = () -> "done";

    private TestDatabase server;
    private FaultyPool pool;
    private Database database;

    @BeforeEach
    void open() {
        server = TestServer.H2.newDatabase();
        JdbcDataSource connections = new JdbcDataSource();
        connections.setURL(server.url());
        connections.setUser(server.user());
        pool = new FaultyPool(connections);
        database = Database.of("legacy", pool.dataSource());
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void building_a_database_opens_no_connection() {
        assertThat(database.withIsolation(Connection.TRANSACTION_SERIALIZABLE).name())
                .isEqualTo("legacy");
        assertThat(database.jdbi()).isNotNull();
        assertThat(pool.calls()).isEmpty();
    }

    @Test
    void a_pool_that_gives_none_says_so_itself() {
        SQLException exhausted = new SQLException("exhausted", "08001");
        pool.fail("getConnection()", exhausted);

        assertThatThrownBy(() -> database.inTransaction(WORK)).isSameAs(exhausted);
        assertThat(database.hasTransactionHere()).isFalse();
    }

    @Test
    void a_connection_on_which_no_transaction_begins_leaves_the_pool() {
        SQLException broken = new SQLException("broken", "08006");
        pool.fail("setAutoCommit(false)", broken);

        assertThatThrownBy(() -> database.inTransaction(WORK)).isSameAs(broken);
        assertThat(pool.calls()).contains("abort()").endsWith("close()");
    }

    @Test
    void a_connection_that_cannot_roll_back_leaves_the_pool_and_the_caller_gets_what_the_work_threw() {
        pool.fail("rollback()", new SQLException("broken", "08006"));
        Throwable thrown = new IOException();

        assertThatThrownBy(() -> database.inTransaction(() -> {
                    throw thrown;
                }))
                .isSameAs(thrown)
                .hasNoSuppressedExceptions();
        assertThat(pool.calls())
                .contains("abort()")
                .doesNotContain("setAutoCommit(true)")
                .endsWith("close()");
    }

    @Test
    void a_connection_that_cannot_even_be_aborted_is_closed_below_the_pool() {
        pool.fail("rollback()", new SQLException("broken", "08006"));
        pool.fail("abort()", new SQLException("not supported", "0A000"));

        assertThatThrownBy(() -> database.inTransaction(() -> {
                    throw new IOException();
                }))
                .isInstanceOf(IOException.class);
        assertThat(pool.calls()).containsSubsequence("abort()", "unwrap(" + Connection.class + ")", "close()");
    }

    @ParameterizedTest
    @ValueSource(strings = {"setAutoCommit(true)", "setTransactionIsolation(2)"})
    void a_connection_that_cannot_be_given_back_as_it_came_leaves_the_pool_and_the_commit_stands(String call)
            throws Throwable {
        pool.fail(call, new SQLException("broken", "08006"));

        assertThat(database.withIsolation(Connection.TRANSACTION_SERIALIZABLE).inTransaction(WORK))
                .isEqualTo("done");
        assertThat(pool.calls())
                .containsOnlyOnce("commit()")
                .contains(call, "abort()")
                .endsWith("close()");
    }

    @Test
    void a_pool_that_takes_no_connection_back_does_not_undo_the_commit() throws Throwable {
        pool.fail("close()", new SQLException("broken", "08006"));

        assertThat(database.inTransaction(WORK)).isEqualTo("done");
    }

    @Test
    void a_commit_that_the_database_refused_is_rolled_back_and_the_driver_is_heard() {
        SQLException conflict = new SQLException("conflict", "40001");
        pool.fail("commit()", conflict);

        assertThatThrownBy(() -> database.inTransaction(WORK)).isSameAs(conflict);
        assertThat(pool.calls())
                .containsOnlyOnce("commit()")
                .containsSubsequence("commit()", "rollback()", "setAutoCommit(true)", "close()")
                .doesNotContain("abort()");
    }

    static Stream<Throwable> unclear() {
        return Stream.of(
                new SQLException("lost", "08006"),
                new IllegalStateException("of the driver"),
                new StackOverflowError());
    }

    @ParameterizedTest
    @MethodSource("unclear")
    void a_commit_that_failed_otherwise_is_unknown_and_not_repeated(Throwable unclear) {
        pool.fail("commit()", unclear);

        CommitOutcomeUnknownException unknown =
                catchThrowableOfType(CommitOutcomeUnknownException.class, () -> database.inTransaction(WORK));

        assertThat(unknown)
                .hasCause(unclear)
                .hasMessageContaining("'legacy'")
                .hasMessageContaining("Read what the store holds");
        assertThat(unknown.of("orders").migration()).isEqualTo("orders");
        assertThat(unknown.of("orders")).hasCause(unclear).hasMessageStartingWith("Migration 'orders'");
        assertThat(Collections.frequency(pool.calls(), "commit()")).isEqualTo(1);
        assertThat(pool.calls())
                .contains("abort()")
                .doesNotContain("rollback()")
                .endsWith("close()");
    }

    @Test
    void an_interrupt_that_closes_a_file_database_is_not_taken_for_success(@TempDir Path directory) {
        JdbcDataSource file = new JdbcDataSource();
        // Without a delay the committing thread itself writes to the file, which the interrupt closes.
        file.setURL("jdbc:h2:" + directory.resolve("orders") + ";WRITE_DELAY=0");
        file.setUser("sa");
        Database onFile = Database.of("legacy", file);
        onFile.jdbi().useHandle(handle -> handle.execute("CREATE TABLE item (id INT PRIMARY KEY)"));

        Throwable outcome =
                catchThrowable(() -> onFile.inTransaction(() -> onFile.jdbi().withHandle(handle -> {
                    int rows = handle.execute("INSERT INTO item VALUES (1)");
                    Thread.currentThread().interrupt();
                    return rows;
                })));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(outcome).isInstanceOf(CommitOutcomeUnknownException.class);
    }

    @Test
    void a_connection_that_takes_no_limits_leaves_the_pool() {
        TransactionSettings.Limits limits =
                new TransactionSettings.Limits(Duration.ofSeconds(1), Duration.ofSeconds(1));
        pool.fail("getNetworkTimeout()", new SQLException("broken", "08006"));

        assertThatThrownBy(() ->
                        database.inNewTransaction(new TransactionSettings(Connection.TRANSACTION_NONE, limits), WORK))
                .hasMessage("broken");
        assertThat(pool.calls()).contains("abort()").endsWith("close()");
    }
}
