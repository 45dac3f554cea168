package dev.crossfade.jdbc.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What tests rely on, and what the engines really answer when they refuse: the facts behind the dialects. */
abstract class TestDatabasesContract {
    private static final String CREATE = "CREATE TABLE item (id INT PRIMARY KEY, amount INT NOT NULL)";

    private TestDatabases databases;

    abstract Pair pair();

    @BeforeEach
    void open_a_fresh_pair() {
        databases = pair().open();
    }

    @AfterEach
    void drop_it() {
        databases.close();
    }

    @Test
    void the_two_sides_are_empty_and_separate() throws SQLException {
        execute(databases.legacy(), CREATE);
        execute(databases.legacy(), "INSERT INTO item VALUES (1, 10)");
        execute(databases.next(), CREATE);

        assertThat(rows(databases.legacy())).isEqualTo(1);
        assertThat(rows(databases.next())).isZero();
    }

    @Test
    void a_new_database_knows_nothing_of_a_closed_one() throws SQLException {
        for (TestDatabase database : databases.both()) {
            execute(database, CREATE);
            try (TestDatabase another = database.server().newDatabase()) {
                execute(another, CREATE);
                execute(another, "INSERT INTO item VALUES (1, 10)");
            }
            try (TestDatabase fresh = database.server().newDatabase()) {
                execute(fresh, CREATE);
                assertThat(rows(fresh)).isZero();
            }
            assertThat(rows(database)).isZero();
        }
    }

    @Test
    void nobody_finds_a_closed_database_under_its_old_address() throws SQLException {
        for (TestDatabase database : databases.both()) {
            TestDatabase closed = database.server().newDatabase();
            execute(closed, CREATE);
            closed.close();
            try (TestDatabase fresh = database.server().newDatabase()) {
                execute(fresh, CREATE);

                assertThatThrownBy(() -> {
                            try (Connection connection = closed.connect()) {
                                rows(connection);
                            }
                        })
                        .isInstanceOf(SQLException.class);
            }
        }
    }

    @Test
    void closing_ends_the_sessions_that_a_test_left_open() throws SQLException {
        for (TestDatabase database : databases.both()) {
            TestDatabase closed = database.server().newDatabase();
            execute(closed, CREATE);
            try (Connection left = transaction(closed)) {
                execute(left, "INSERT INTO item VALUES (1, 10)");

                closed.close();

                assertThatThrownBy(() -> rows(left)).isInstanceOf(SQLException.class);
            }
        }
    }

    @Test
    void a_unique_violation_has_a_state_of_class_23() throws SQLException {
        for (TestDatabase database : databases.both()) {
            execute(database, CREATE);
            execute(database, "INSERT INTO item VALUES (1, 10)");

            Refusal refusal = refusal(() -> execute(database, "INSERT INTO item VALUES (1, 11)"));

            assertThat(refusal)
                    .isEqualTo(
                            switch (database.server()) {
                                case POSTGRES -> new Refusal("23505", 0);
                                case MARIADB -> new Refusal("23000", 1062);
                                case H2, H2_SHARED -> new Refusal("23505", 23505);
                            });
        }
    }

    @Test
    void a_wait_for_a_lock_ends_as_a_timeout() throws SQLException {
        for (TestDatabase database : databases.both()) {
            two_rows(database);
            try (Connection holder = transaction(database);
                    Connection waiter = transaction(database)) {
                execute(holder, "UPDATE item SET amount = 11 WHERE id = 1");
                execute(
                        waiter,
                        switch (database.server()) {
                            case POSTGRES -> "SET lock_timeout = '20ms'";
                            case MARIADB -> "SET innodb_lock_wait_timeout = 0";
                            case H2, H2_SHARED -> "SET LOCK_TIMEOUT 20";
                        });

                Refusal refusal = refusal(() -> execute(waiter, "UPDATE item SET amount = 12 WHERE id = 1"));

                assertThat(refusal)
                        .isEqualTo(
                                switch (database.server()) {
                                    case POSTGRES -> new Refusal("55P03", 0);
                                    case MARIADB -> new Refusal("HY000", 1205);
                                    case H2, H2_SHARED -> new Refusal("HYT00", 50200);
                                });
                holder.rollback();
                waiter.rollback();
            }
        }
    }

    @Test
    void one_of_two_transactions_that_wait_for_each_other_is_refused() throws Exception {
        for (TestDatabase database : databases.both()) {
            two_rows(database);
            assertThat(deadlock(database))
                    .containsExactly(
                            switch (database.server()) {
                                case POSTGRES -> new Refusal("40P01", 0);
                                case MARIADB -> new Refusal("40001", 1213);
                                case H2, H2_SHARED -> new Refusal("40001", 40001);
                            });
        }
    }

    @Test
    void a_row_changed_after_the_snapshot_was_taken_cannot_be_updated() throws SQLException {
        for (TestDatabase database : databases.both()) {
            two_rows(database);
            try (Connection late = database.connect()) {
                late.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                if (database.server() == TestServer.MARIADB) {
                    execute(late, "SET innodb_snapshot_isolation = ON");
                }
                late.setAutoCommit(false);
                rows(late);
                execute(database, "UPDATE item SET amount = 11 WHERE id = 1");

                Refusal refusal = refusal(() -> execute(late, "UPDATE item SET amount = 12 WHERE id = 1"));

                assertThat(refusal)
                        .isEqualTo(
                                switch (database.server()) {
                                    case POSTGRES -> new Refusal("40001", 0);
                                    case MARIADB -> new Refusal("HY000", 1020);
                                    case H2, H2_SHARED -> new Refusal("40001", 40001);
                                });
                late.rollback();
            }
        }
    }

    /** What an engine said no with; PostgreSQL has no vendor codes. */
    private record Refusal(String sqlState, int vendorCode) {}

    private interface Work {
        void run() throws SQLException;
    }

    private static Refusal refusal(Work work) {
        SQLException refused = catchThrowableOfType(SQLException.class, work::run);
        assertThat((Throwable) refused).isNotNull();
        return new Refusal(refused.getSQLState(), refused.getErrorCode());
    }

    private static List<Refusal> deadlock(TestDatabase database) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (Connection first = transaction(database);
                Connection second = transaction(database)) {
            execute(first, "UPDATE item SET amount = 11 WHERE id = 1");
            execute(second, "UPDATE item SET amount = 12 WHERE id = 2");
            List<Future<List<Refusal>>> outcomes = List.of(
                    threads.submit(() -> outcome(first, "UPDATE item SET amount = 21 WHERE id = 2")),
                    threads.submit(() -> outcome(second, "UPDATE item SET amount = 22 WHERE id = 1")));
            List<Refusal> refusals = new ArrayList<>();
            for (Future<List<Refusal>> outcome : outcomes) {
                refusals.addAll(outcome.get());
            }
            return refusals;
        } finally {
            threads.shutdown();
        }
    }

    /** Ends the transaction either way, which lets the other one go on. */
    private static List<Refusal> outcome(Connection connection, String sql) throws SQLException {
        try {
            execute(connection, sql);
            return List.of();
        } catch (SQLException e) {
            return List.of(new Refusal(e.getSQLState(), e.getErrorCode()));
        } finally {
            connection.rollback();
        }
    }

    private static void two_rows(TestDatabase database) throws SQLException {
        execute(database, CREATE);
        execute(database, "INSERT INTO item VALUES (1, 10), (2, 20)");
    }

    private static Connection transaction(TestDatabase database) throws SQLException {
        Connection connection = database.connect();
        connection.setAutoCommit(false);
        return connection;
    }

    private static void execute(TestDatabase database, String sql) throws SQLException {
        try (Connection connection = database.dataSource().getConnection()) {
            execute(connection, sql);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static int rows(TestDatabase database) throws SQLException {
        try (Connection connection = database.dataSource().getConnection()) {
            return rows(connection);
        }
    }

    private static int rows(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT count(*) FROM item")) {
            result.next();
            return result.getInt(1);
        }
    }
}
