package dev.crossfade.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.jdbc.TransactionSettings.Limits;
import dev.crossfade.jdbc.testing.TestServer;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

/** What the library may expect of a transaction of its own, on every engine. */
abstract class OwnTransactionContract extends DatabaseFixture {
    private static final Limits SHORT = new Limits(Duration.ofSeconds(30), Duration.ofMillis(20));

    @Test
    void statements_of_repositories_count_and_those_of_the_library_do_not() throws Throwable {
        database.inTransaction(() -> {
            execute(database.connection(), "INSERT INTO item VALUES (1, 10)");
            assertThat(database.statementsHere()).hasValue(0);

            try (Connection connection = database.dataSource().getConnection()) {
                connection.createStatement().close();
                connection.prepareStatement(INSERT).close();
                connection.prepareCall("{call abs(1)}").close();
            }
            assertThat(database.statementsHere()).hasValue(3);
            return null;
        });
    }

    @Test
    void statements_on_another_connection_do_not_count() throws Throwable {
        Database roomy = Database.of("legacy", server.dataSource());
        Jdbi foreign = Jdbi.create(roomy.dataSource());
        try (Handle before = foreign.open()) {
            foreign.getHandleScope().set(before);
            roomy.inTransaction(() -> {
                foreign.useHandle(handle -> handle.execute(INSERT, 1, 10));
                insert(server.dataSource(), 2);
                assertThat(roomy.statementsHere()).hasValue(0);
                return null;
            });
        } finally {
            foreign.getHandleScope().clear();
        }
    }

    @Test
    void without_a_transaction_the_library_is_told_so() {
        assertThat(database.hasTransactionHere()).isFalse();
        assertThatThrownBy(database::connection)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("'legacy'");
        assertThat(database.statementsHere()).isEmpty();
    }

    @Test
    void a_new_transaction_suspends_the_one_of_the_thread() throws Throwable {
        Database roomy = Database.of("legacy", server.dataSource());
        assertThatThrownBy(() -> roomy.inTransaction(() -> {
                    Connection outer = roomy.dataSource().getConnection();
                    insert(outer, 1);
                    roomy.inNewTransaction(
                            new TransactionSettings(Connection.TRANSACTION_READ_COMMITTED, SHORT), () -> {
                                assertThat(roomy.connection().getTransactionIsolation())
                                        .isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
                                assertThat(roomy.statementsHere()).hasValue(0);
                                return insert(roomy.dataSource(), 2);
                            });
                    assertThat(ids()).containsExactly(2);
                    assertThat(roomy.statementsHere()).hasValue(1);
                    insert(outer, 3);
                    throw new IOException();
                }))
                .isInstanceOf(IOException.class);

        assertThat(ids()).containsExactly(2);
    }

    @Test
    void a_refresh_waits_only_so_long_for_an_answer_and_leaves_no_limit_behind() throws Throwable {
        Integer millis =
                database.transactions().refresh(() -> database.connection().getNetworkTimeout());

        assertThat(millis).isEqualTo(32_000);
        assertThatPoolIsClean();
    }

    @Test
    void a_new_transaction_waits_no_longer_for_a_lock_than_it_may_and_leaves_no_limit_behind() throws Throwable {
        Duration lock = engine() == TestServer.MARIADB ? Duration.ofSeconds(1) : Duration.ofMillis(20);
        TransactionSettings settings = new TransactionSettings(
                Connection.TRANSACTION_READ_COMMITTED, new Limits(Duration.ofSeconds(30), lock));
        execute("INSERT INTO item VALUES (1, 10)");
        String before = limits();
        try (Connection holder = server.connect()) {
            holder.setAutoCommit(false);
            execute(holder, "UPDATE item SET amount = 11");
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> database.inNewTransaction(settings, () -> {
                            execute(database.connection(), "UPDATE item SET amount = 12");
                            return null;
                        }))
                        .isInstanceOf(SQLException.class);
            }
            holder.rollback();
        }

        assertThat(limits()).isEqualTo(before);
        database.inNewTransaction(settings, () -> insert(database.dataSource(), 2));
        assertThat(limits()).isEqualTo(before);
        assertThatPoolIsClean();
    }

    @Test
    void a_statement_takes_no_longer_than_it_may() {
        TransactionSettings settings = new TransactionSettings(
                Connection.TRANSACTION_NONE, new Limits(Duration.ofMillis(50), Duration.ofSeconds(20)));
        String slow = switch (engine()) {
            case POSTGRES -> "SELECT pg_sleep(20)";
            case MARIADB -> "SELECT count(*) FROM seq_1_to_1000000 a, seq_1_to_1000000 b WHERE a.seq + b.seq = 0";
            case H2, H2_SHARED ->
                "SELECT count(*) FROM SYSTEM_RANGE(1, 1000000) a, SYSTEM_RANGE(1, 1000000) b" + " WHERE a.x + b.x = 0";
        };

        assertThatThrownBy(() -> database.inNewTransaction(settings, () -> {
                    execute(database.connection(), slow);
                    return null;
                }))
                .isInstanceOf(SQLException.class);
        assertThatPoolIsClean();
    }

    /** The time limits of the pool's connection. */
    private String limits() throws SQLException {
        String query = switch (engine()) {
            case POSTGRES -> "SELECT current_setting('statement_timeout') || ' ' || current_setting('lock_timeout')";
            case MARIADB -> "SELECT concat(@@max_statement_time, ' ', @@innodb_lock_wait_timeout)";
            case H2, H2_SHARED ->
                "SELECT SETTING_VALUE || ' ' || LOCK_TIMEOUT() FROM INFORMATION_SCHEMA.SETTINGS"
                        + " WHERE SETTING_NAME = 'QUERY_TIMEOUT'";
        };
        try (Connection connection = single.getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            result.next();
            return result.getString(1);
        }
    }
}
