package dev.crossfade.jdbc;

import static dev.crossfade.jdbc.DatabaseFixture.execute;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.crossfade.jdbc.testing.TestDatabase;
import dev.crossfade.jdbc.testing.TestServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A deadlock undoes the whole transaction on engines that let it go on; the README says so. */
class SwallowedDeadlockTest {

    @ParameterizedTest
    @EnumSource(names = {"MARIADB", "H2"})
    void work_that_swallows_a_deadlock_commits_only_what_it_does_afterwards(TestServer engine) throws Throwable {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (TestDatabase server = engine.newDatabase();
                Connection watcher = server.connect();
                Connection other = server.connect()) {
            execute(watcher, "CREATE TABLE item (id INT PRIMARY KEY, amount INT NOT NULL)");
            execute(watcher, "INSERT INTO item VALUES (1, 10), (2, 20)");
            Database database = Database.of("legacy", server.dataSource());
            other.setAutoCommit(false);
            // MariaDB undoes the transaction that has changed less.
            execute(other, "INSERT INTO item VALUES (11, 0), (12, 0), (13, 0), (14, 0), (15, 0), (16, 0)");
            execute(other, "UPDATE item SET amount = 21 WHERE id = 2");

            SQLException deadlock = database.inTransaction(() -> {
                Connection mine = database.dataSource().getConnection();
                execute(mine, "INSERT INTO item VALUES (3, 30)");
                execute(mine, "UPDATE item SET amount = 11 WHERE id = 1");
                Future<?> waiting = thread.submit(() -> {
                    execute(other, "UPDATE item SET amount = 12 WHERE id = 1");
                    return null;
                });
                await().until(() -> waits(engine, watcher));
                SQLException refusal = catchThrowableOfType(
                        SQLException.class, () -> execute(mine, "UPDATE item SET amount = 22 WHERE id = 2"));
                waiting.get();
                execute(mine, "INSERT INTO item VALUES (4, 40)");
                return refusal;
            });
            other.rollback();

            assertThat(requireNonNull(deadlock).getSQLState()).isEqualTo("40001");
            assertThat(sum(watcher)).isEqualTo(10 + 20 + 40);
        } finally {
            thread.shutdown();
        }
    }

    private static boolean waits(TestServer engine, Connection watcher) throws SQLException {
        return number(
                        watcher,
                        engine == TestServer.H2
                                ? "SELECT count(*) FROM INFORMATION_SCHEMA.SESSIONS WHERE BLOCKER_ID IS NOT NULL"
                                : "SELECT count(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'")
                > 0;
    }

    private static int sum(Connection watcher) throws SQLException {
        return number(watcher, "SELECT sum(amount) FROM item");
    }

    private static int number(Connection watcher, String query) throws SQLException {
        try (Statement statement = watcher.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            result.next();
            return result.getInt(1);
        }
    }
}
