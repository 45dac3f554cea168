package dev.crossfade.jdbc.internal.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.jdbc.testing.TestServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Here the versions are raised and the transaction committed in one round trip. */
final class RaiseBeforeCommitOnPostgresTest extends RaiseBeforeCommitContract {
    @Override
    TestServer server() {
        return TestServer.POSTGRES;
    }

    @Test
    void the_transaction_is_committed_at_once() throws SQLException {
        try (Connection writer = session()) {
            insertItem(writer);
            ledger().raiseBeforeCommit(writer, 0, EPOCH, written(1L));

            assertThat(items()).isEqualTo(1);
            assertThat(raised()).containsExactly(key(1L));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void once_the_server_has_prepared_the_statement_it_still_commits_at_once_and_refuses(int keys) throws SQLException {
        try (Connection writer = session()) {
            for (int round = 1; round <= 12; round++) {
                execute("DELETE FROM item");
                insertItem(writer);
                assertThat(ledger().raiseBeforeCommit(
                                        writer, 0, EPOCH, written(1L, 2L).subList(0, keys)))
                        .isTrue();
                assertThat(items()).isEqualTo(1);
            }
            assertThat(prepared(writer, "COMMIT")).isPositive();
            writeFence(open(Role.DRAINING, EPOCH + 1));
            execute("DELETE FROM item");
            insertItem(writer);
            assertThat(ledger().raiseBeforeCommit(
                                    writer, 0, EPOCH, written(1L, 2L).subList(0, keys)))
                    .isFalse();
            writer.rollback();
            assertThat(items()).isZero();
        }
    }

    private static long prepared(Connection session, String statement) throws SQLException {
        try (Statement select = session.createStatement();
                var row = select.executeQuery(
                        "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%" + statement + "%'")) {
            row.next();
            return row.getLong(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void what_a_deferred_trigger_throws_is_the_applications_own_failure(int keys) throws SQLException {
        execute("""
                CREATE FUNCTION ask_for_a_setting() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM current_setting('application.unknown'); RETURN NULL; END $$
                """);
        execute("CREATE CONSTRAINT TRIGGER asking AFTER INSERT ON item DEFERRABLE INITIALLY DEFERRED"
                + " FOR EACH ROW EXECUTE FUNCTION ask_for_a_setting()");
        try (Connection writer = session()) {
            insertItem(writer);
            assertThatThrownBy(() -> ledger().raiseBeforeCommit(
                                    writer, 0, EPOCH, written(1L, 2L).subList(0, keys)))
                    .isNotInstanceOf(AmbiguousCommit.class)
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            refusal -> assertThat(refusal.getSQLState()).isEqualTo("42704"));
            writer.rollback();
        } finally {
            execute("DROP TRIGGER asking ON item");
            execute("DROP FUNCTION ask_for_a_setting");
        }
        assertThat(items()).isZero();
        assertThat(raised()).isEmpty();
    }

    @Test
    void where_the_driver_sets_savepoints_the_caller_commits() throws SQLException {
        String url = database().url() + (database().url().contains("?") ? "&" : "?") + "autosave=always";
        try (Connection writer =
                DriverManager.getConnection(url, database().user(), database().password())) {
            writer.setAutoCommit(false);
            insertItem(writer);
            assertThat(ledger().raiseBeforeCommit(writer, 0, EPOCH, written(1L)))
                    .isTrue();

            assertThat(items()).isZero();
            writer.commit();
        }
        assertThat(items()).isEqualTo(1);
        assertThat(raised()).containsExactly(key(1L));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void what_the_commit_refuses_was_surely_not_written(int keys) throws SQLException {
        execute("CREATE TABLE line (item INT REFERENCES item DEFERRABLE INITIALLY DEFERRED)");
        try (Connection writer = session();
                Statement statement = writer.createStatement()) {
            statement.execute("INSERT INTO line VALUES (2)");

            assertThatThrownBy(() -> ledger().raiseBeforeCommit(
                                    writer, 0, EPOCH, written(1L, 2L).subList(0, keys)))
                    .isNotInstanceOf(AmbiguousCommit.class)
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            refusal -> assertThat(refusal.getSQLState()).isEqualTo("23503"));
            writer.rollback();
        } finally {
            execute("DROP TABLE line");
        }
        assertThat(raised()).isEmpty();
    }

    @Test
    void a_session_that_ends_meanwhile_leaves_the_outcome_open() throws SQLException {
        try (Connection writer = session()) {
            insertItem(writer);
            long session = backendOf(writer);
            execute("SELECT pg_terminate_backend(" + session + ")");

            assertThatThrownBy(() -> ledger().raiseBeforeCommit(writer, 0, EPOCH, written(1L)))
                    .isInstanceOf(AmbiguousCommit.class);
        }
        assertThat(items()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void a_fence_that_closes_while_the_writer_waits_for_it_lets_nothing_stand(int keys) throws Exception {
        try (Connection closer = session();
                Connection writer = session()) {
            fence().lockExclusive(closer, Duration.ofSeconds(10));
            insertItem(writer);
            Future<Boolean> raised = meanwhile(() ->
                    ledger().raiseBeforeCommit(writer, 3, EPOCH, written(1L, 2L).subList(0, keys)));
            awaitBlockedSession();
            fence().write(closer, open(Role.DRAINING, EPOCH + 1));
            closer.commit();

            assertThat(raised.get()).isFalse();
            writer.rollback();
        }
        assertThat(items()).isZero();
        assertThat(raised()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {Connection.TRANSACTION_REPEATABLE_READ, Connection.TRANSACTION_SERIALIZABLE})
    void in_an_older_snapshot_a_fence_that_has_closed_is_contention_and_nothing_stands(int isolation) throws Exception {
        try (Connection writer = session(isolation)) {
            insertItem(writer);
            writeFence(open(Role.DRAINING, EPOCH + 1));

            assertThatThrownBy(() -> ledger().raiseBeforeCommit(writer, 3, EPOCH, written(1L)))
                    .isNotInstanceOf(AmbiguousCommit.class)
                    .satisfies(failure ->
                            assertThat(SqlFailure.isContention(failure)).isTrue());
            writer.rollback();
        }
        assertThat(items()).isZero();
        assertThat(raised()).isEmpty();
    }

    @Test
    void a_time_limit_while_the_writer_waits_for_the_fence_lets_nothing_stand() throws Exception {
        try (Connection closer = session();
                Connection writer = session();
                Statement limit = writer.createStatement()) {
            fence().lockExclusive(closer, Duration.ofSeconds(10));
            limit.execute("SET statement_timeout = 50");
            insertItem(writer);

            assertThatThrownBy(() -> ledger().raiseBeforeCommit(writer, 3, EPOCH, written(1L)))
                    .isInstanceOf(SQLException.class)
                    .isNotInstanceOf(AmbiguousCommit.class);

            writer.rollback();
            closer.rollback();
        }
        assertThat(items()).isZero();
        assertThat(raised()).isEmpty();
    }

    private static long backendOf(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                var row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            return row.getLong(1);
        }
    }
}
