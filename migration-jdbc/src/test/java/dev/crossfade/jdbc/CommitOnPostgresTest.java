package dev.crossfade.jdbc;

import static dev.crossfade.jdbc.DatabaseFixture.execute;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.crossfade.jdbc.testing.TestDatabase;
import dev.crossfade.jdbc.testing.TestServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.core.BaseConnection;

/** Commits that PostgreSQL refuses. */
class CommitOnPostgresTest {
    private TestDatabase server;
    private Database database;

    @BeforeEach
    void open() throws SQLException {
        server = TestServer.POSTGRES.newDatabase();
        database = Database.of("legacy", server.dataSource());
        try (Connection connection = server.connect()) {
            execute(
                    connection,
                    "CREATE TABLE item (id INT PRIMARY KEY, amount INT NOT NULL UNIQUE DEFERRABLE INITIALLY DEFERRED)");
            execute(connection, "INSERT INTO item VALUES (1, 10), (2, 20)");
        }
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void a_deferred_constraint_refuses_the_commit_and_the_driver_is_heard() throws SQLException {
        SQLException refusal = catchThrowableOfType(
                SQLException.class,
                () -> database.inTransaction(() -> run("UPDATE item SET amount = 10 WHERE id = 2")));

        assertThat(refusal.getSQLState()).isEqualTo("23505");
        assertThat(amountOf(2)).isEqualTo(20);
    }

    @Test
    void a_deferred_trigger_refuses_the_commit_and_the_driver_is_heard() throws Throwable {
        try (Connection connection = server.connect()) {
            execute(connection, """
                    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                    $$ BEGIN RAISE EXCEPTION 'no'; END $$
                    """);
            execute(connection, """
                    CREATE CONSTRAINT TRIGGER refuse AFTER UPDATE ON item DEFERRABLE INITIALLY DEFERRED
                    FOR EACH ROW EXECUTE FUNCTION refuse()
                    """);
        }

        SQLException refusal = catchThrowableOfType(
                SQLException.class,
                () -> database.inTransaction(() -> run("UPDATE item SET amount = 30 WHERE id = 2")));

        assertThat(refusal.getSQLState()).isEqualTo("P0001");
        assertThat(amountOf(2)).isEqualTo(20);
    }

    @Test
    void a_write_skew_refuses_the_commit_and_the_driver_is_heard() throws Throwable {
        Database serializable = database.withIsolation(Connection.TRANSACTION_SERIALIZABLE);
        SQLException refusal = catchThrowableOfType(
                SQLException.class,
                () -> serializable.inTransaction(() -> {
                    run("SELECT sum(amount) FROM item");
                    run("UPDATE item SET amount = 11 WHERE id = 1");
                    serializable.inNewTransaction(
                            new TransactionSettings(Connection.TRANSACTION_SERIALIZABLE, null), () -> {
                                run("SELECT sum(amount) FROM item");
                                return run("UPDATE item SET amount = 21 WHERE id = 2");
                            });
                    return null;
                }));

        assertThat(refusal.getSQLState()).isEqualTo("40001");
        assertThat(amountOf(1)).isEqualTo(10);
        assertThat(amountOf(2)).isEqualTo(21);
    }

    @Test
    void a_transaction_that_failed_is_found_whatever_the_driver() throws SQLException {
        FaultyPool pool = new FaultyPool(server.dataSource());
        pool.fail("isWrapperFor(" + BaseConnection.class + ")", new SQLException("another driver"));
        Database strange = Database.of("legacy", pool.dataSource());

        SQLException refusal = catchThrowableOfType(
                SQLException.class,
                () -> strange.inTransaction(() -> strange.jdbi().withHandle(handle -> {
                    handle.execute("UPDATE item SET amount = 11 WHERE id = 1");
                    return catchThrowable(() -> handle.execute("INSERT INTO item VALUES (1, 10)"));
                })));

        assertThat(refusal.getSQLState()).isEqualTo("25P02");
        assertThat(amountOf(1)).isEqualTo(10);
    }

    private int run(String sql) throws SQLException {
        try (Connection connection = database.dataSource().getConnection()) {
            execute(connection, sql);
            return 0;
        }
    }

    private int amountOf(int id) throws SQLException {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT amount FROM item WHERE id = " + id)) {
            result.next();
            return result.getInt(1);
        }
    }
}
