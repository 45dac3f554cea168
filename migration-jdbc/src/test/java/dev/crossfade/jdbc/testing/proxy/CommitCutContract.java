package dev.crossfade.jdbc.testing.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.jdbc.testing.TestDatabase;
import dev.crossfade.jdbc.testing.TestServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The ambiguous commit: the server has committed and the client is told nothing. */
abstract class CommitCutContract {
    TestDatabase database;
    FaultProxy proxy;

    abstract TestServer server();

    /** Makes the driver give up on an answer that will not come. */
    abstract String timeout();

    @BeforeEach
    void put_a_proxy_before_a_fresh_database() throws SQLException {
        database = server().newDatabase();
        proxy = FaultProxy.before(database);
        Rows.create(database);
    }

    @AfterEach
    void drop_both() {
        proxy.close();
        database.close();
    }

    @Test
    void the_row_is_there_although_the_commit_failed() throws Exception {
        try (Connection connection = connect(timeout())) {
            fails_to_commit(connection, 1);
        }

        assertThat(Rows.count(database)).isEqualTo(1);
    }

    @Test
    void every_commit_of_a_connection_can_be_cut() throws Exception {
        try (Connection connection = connect(timeout())) {
            for (int id = 1; id <= 10; id++) {
                Rows.insert(connection, id);
                connection.commit();
            }
            fails_to_commit(connection, 11);
        }

        assertThat(Rows.count(database)).isEqualTo(11);
    }

    @Test
    void only_the_next_commit_is_cut() throws Exception {
        try (Connection connection = connect(timeout())) {
            fails_to_commit(connection, 1);
        }
        try (Connection connection = connect(timeout())) {
            Rows.insert(connection, 2);
            connection.commit();
        }

        assertThat(Rows.count(database)).isEqualTo(2);
    }

    @Test
    void neither_a_rollback_nor_the_word_in_a_value_is_a_commit() throws SQLException {
        CompletableFuture<Void> cut = proxy.cutAfterCommit();
        try (Connection connection = connect(timeout())) {
            Rows.insert(connection, 1, "COMMIT");
            connection.rollback();
            connection.setAutoCommit(true);
            Rows.insert(connection, 2, "COMMIT");
        }

        assertThat(cut).isNotDone();
        assertThat(Rows.count(database)).isEqualTo(1);
    }

    void fails_to_commit(Connection connection, int id) throws Exception {
        CompletableFuture<Void> cut = proxy.cutAfterCommit();
        Rows.insert(connection, id);
        assertThat(cut).isNotDone();

        assertThatThrownBy(connection::commit)
                .isInstanceOfSatisfying(
                        SQLException.class,
                        refused -> assertThat(refused.getSQLState()).startsWith("08"));
        cut.get(60, TimeUnit.SECONDS);
    }

    Connection connect(String parameters) throws SQLException {
        Connection connection =
                DriverManager.getConnection(proxy.url() + parameters, database.user(), database.password());
        connection.setAutoCommit(false);
        return connection;
    }
}
