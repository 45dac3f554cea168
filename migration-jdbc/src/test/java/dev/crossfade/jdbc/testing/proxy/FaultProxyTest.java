package dev.crossfade.jdbc.testing.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.crossfade.jdbc.testing.TestDatabase;
import dev.crossfade.jdbc.testing.TestServer;
import java.io.EOFException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each fault as PostgreSQL's driver sees it. */
class FaultProxyTest {
    private TestDatabase database;
    private FaultProxy proxy;

    @BeforeEach
    void put_a_proxy_before_a_fresh_database() throws SQLException {
        database = TestServer.POSTGRES.newDatabase();
        proxy = FaultProxy.before(database);
        Rows.create(database);
    }

    @AfterEach
    void drop_both() {
        proxy.close();
        database.close();
    }

    @Test
    void forwards_until_told_otherwise() throws SQLException {
        try (Connection connection = connect()) {
            Rows.insert(connection, 1);
            assertThat(proxy.connections()).isEqualTo(1);
        }

        assertThat(Rows.count(database)).isEqualTo(1);
        await().until(() -> proxy.connections() == 0);
    }

    @Test
    void delays_what_comes_from_either_end() throws SQLException {
        try (Connection connection = connect()) {
            proxy.delay(Duration.ofMillis(60));
            long start = System.nanoTime();

            Rows.insert(connection, 1);

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(120));
        }
    }

    @Test
    void a_black_hole_answers_neither_an_open_connection_nor_a_new_one() throws SQLException {
        try (Connection connection = impatient()) {
            proxy.blackHole();

            assertThatThrownBy(() -> Rows.insert(connection, 1)).hasCauseInstanceOf(SocketTimeoutException.class);
        }
        assertThatThrownBy(this::impatient).hasRootCauseInstanceOf(SocketTimeoutException.class);
        assertThat(Rows.count(database)).isZero();

        proxy.heal();
        try (Connection connection = connect()) {
            Rows.insert(connection, 2);
        }
        assertThat(Rows.count(database)).isEqualTo(1);
    }

    @Test
    void healing_resets_what_hung_in_the_black_hole() throws Exception {
        try (Connection connection = DriverManager.getConnection(proxy.url(), database.user(), database.password())) {
            proxy.blackHole();
            CompletableFuture<Void> hanging = CompletableFuture.runAsync(() -> {
                assertThatThrownBy(() -> Rows.insert(connection, 1)).hasCauseInstanceOf(SocketException.class);
            });
            await().until(() -> proxy.bytesWereLost());

            proxy.heal();

            hanging.get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void a_reset_breaks_open_connections_and_lets_new_ones_through() throws SQLException {
        try (Connection connection = connect()) {
            proxy.reset();

            assertThatThrownBy(() -> Rows.insert(connection, 1)).hasCauseInstanceOf(SocketException.class);
        }
        try (Connection connection = connect()) {
            Rows.insert(connection, 2);
        }
    }

    @Test
    void a_server_that_is_down_resets_open_connections_and_new_ones() throws SQLException {
        try (Connection connection = connect()) {
            proxy.down();

            assertThatThrownBy(() -> Rows.insert(connection, 1)).hasCauseInstanceOf(SocketException.class);
        }
        assertThatThrownBy(this::connect).isInstanceOf(SQLException.class);

        proxy.heal();
        try (Connection connection = connect()) {
            Rows.insert(connection, 2);
        }
    }

    @Test
    void half_closed_the_statement_arrives_and_its_answer_does_not() throws SQLException {
        try (Connection connection = connect()) {
            proxy.halfClose();

            assertThatThrownBy(() -> Rows.insert(connection, 1)).hasCauseInstanceOf(EOFException.class);
        }
        await().until(() -> Rows.count(database) == 1);
    }

    @Test
    void a_cut_after_some_bytes_leaves_a_statement_half_sent() throws Exception {
        try (Connection connection = connect();
                PreparedStatement insert = connection.prepareStatement("SELECT length(?)")) {
            insert.setString(1, "x".repeat(200_000));
            CompletableFuture<Void> cut = proxy.cutAfter(100_000);

            assertThatThrownBy(insert::executeQuery).hasCauseInstanceOf(SocketException.class);
            cut.get(60, TimeUnit.SECONDS);
        }
        try (Connection connection = connect()) {
            Rows.insert(connection, 2);
        }
    }

    @Test
    void a_cut_after_some_bytes_waits_for_the_byte_too_many() throws SQLException {
        CompletableFuture<Void> cut = proxy.cutAfter(1_000_000);
        try (Connection connection = connect()) {
            Rows.insert(connection, 1);
        }

        assertThat(cut).isNotDone();
    }

    private Connection connect() throws SQLException {
        return connect(60);
    }

    private Connection impatient() throws SQLException {
        return connect(2);
    }

    /** @param seconds that it waits for an answer */
    private Connection connect(int seconds) throws SQLException {
        return DriverManager.getConnection(
                proxy.url() + "?socketTimeout=" + seconds, database.user(), database.password());
    }
}
