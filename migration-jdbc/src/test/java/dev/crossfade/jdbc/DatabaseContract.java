package dev.crossfade.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.crossfade.CommitOutcomeUnknownException;
import dev.crossfade.jdbc.testing.TestServer;
import java.io.IOException;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the work of a transaction may expect of it, on every engine. */
abstract class DatabaseContract extends DatabaseFixture {
    @Test
    void what_the_work_wrote_is_committed_and_its_result_returned() throws Throwable {
        String result = database.inTransaction(() -> {
            insert(database.dataSource(), 1);
            assertThat(ids()).isEmpty();
            return "done";
        });

        assertThat(result).isEqualTo("done");
        assertThat(ids()).containsExactly(1);
    }

    @Test
    void whatever_the_work_throws_undoes_it_and_reaches_the_caller_unchanged() {
        for (Throwable thrown : List.of(
                new IllegalStateException("unchecked"),
                new IOException("checked"),
                new AssertionError("error"),
                new StackOverflowError("of the virtual machine"))) {
            Throwable caught = catchThrowable(() -> database.inTransaction(() -> {
                insert(database.dataSource(), 1);
                throw thrown;
            }));

            assertThat(caught).isSameAs(thrown);
            assertThat(caught.getSuppressed()).isEmpty();
            assertThat(ids()).isEmpty();
        }
    }

    @Test
    void nested_calls_join_and_the_outermost_decides() throws Throwable {
        Throwable inner = new IllegalStateException("inner");
        database.inTransaction(() -> {
            insert(database.dataSource(), 1);
            Throwable caught = catchThrowable(() -> database.inTransaction(() -> {
                insert(database.dataSource(), 2);
                throw inner;
            }));
            assertThat(caught).isSameAs(inner);
            assertThat(ids()).isEmpty();
            return null;
        });
        assertThat(ids()).containsExactly(1, 2);

        assertThatThrownBy(() -> database.inTransaction(() -> {
                    database.inTransaction(() -> insert(database.dataSource(), 3));
                    throw inner;
                }))
                .isSameAs(inner);
        assertThat(ids()).containsExactly(1, 2);
    }

    @Test
    void a_method_that_throws_after_writing_has_written_if_the_caller_goes_on() throws Throwable {
        database.inTransaction(() -> catchThrowable(() -> {
            insert(database.dataSource(), 1);
            throw new IllegalStateException("after writing");
        }));

        assertThat(ids()).containsExactly(1);
    }

    @Test
    void a_refused_statement_whose_refusal_is_swallowed_undoes_all_where_the_engine_says_so_and_the_caller_hears_of_it()
            throws Throwable {
        Throwable outcome = catchThrowable(() -> database.inTransaction(() -> {
            insert(database.dataSource(), 1);
            assertThatThrownBy(() -> insert(database.dataSource(), 1)).isInstanceOf(SQLException.class);
            return null;
        }));

        if (engine() == TestServer.POSTGRES) {
            assertThat(outcome).isInstanceOf(SQLException.class);
            assertThat(((SQLException) outcome).getSQLState()).isEqualTo("25P02");
            assertThat(ids()).isEmpty();
        } else {
            assertThat(outcome).isNull();
            assertThat(ids()).containsExactly(1);
        }
        assertThatPoolIsClean();
    }

    @Test
    void a_batch_that_fails_half_way_is_undone_with_its_transaction() {
        assertThatThrownBy(() -> database.inTransaction(() -> {
                    batch(database.dataSource(), 1, 2, 1, 3);
                    return null;
                }))
                .isInstanceOf(BatchUpdateException.class);

        assertThat(ids()).isEmpty();
    }

    @Test
    void of_a_batch_whose_failure_is_swallowed_the_engine_decides_what_is_committed() {
        Throwable outcome = catchThrowable(() ->
                database.inTransaction(() -> catchThrowable(() -> batch(database.dataSource(), 1, 2, 1, 3))));

        if (engine() == TestServer.POSTGRES) {
            assertThat(outcome).isInstanceOf(SQLException.class);
            assertThat(((SQLException) outcome).getSQLState()).isEqualTo("25P02");
        } else {
            assertThat(outcome).isNull();
        }
        assertThat(ids()).isEqualTo(whatABatchLeaves());
    }

    @Test
    void of_a_batch_outside_a_transaction_the_engine_decides_what_is_committed() {
        assertThatThrownBy(() -> batch(database.dataSource(), 1, 2, 1, 3)).isInstanceOf(BatchUpdateException.class);

        assertThat(ids()).isEqualTo(whatABatchLeaves());
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                Connection.TRANSACTION_READ_COMMITTED,
                Connection.TRANSACTION_REPEATABLE_READ,
                Connection.TRANSACTION_SERIALIZABLE
            })
    void a_transaction_sees_what_its_isolation_level_lets_it(int isolation) throws Throwable {
        Database isolated = database.withIsolation(isolation);
        execute("INSERT INTO item VALUES (1, 10)");

        isolated.inTransaction(() -> {
            assertThat(isolated.dataSource().getConnection().getTransactionIsolation())
                    .isEqualTo(isolation);
            assertThat(amount(isolated.dataSource(), 1)).isEqualTo(10);
            if (isolation != Connection.TRANSACTION_SERIALIZABLE || engine() != TestServer.MARIADB) {
                execute("UPDATE item SET amount = 11");
                assertThat(amount(isolated.dataSource(), 1))
                        .isEqualTo(isolation == Connection.TRANSACTION_READ_COMMITTED ? 11 : 10);
            }
            return null;
        });

        assertThatPoolIsClean();
    }

    @Test
    void an_unknown_isolation_level_is_refused_at_once() {
        assertThatThrownBy(() -> database.withIsolation(3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3");
    }

    @Test
    void copies_share_transactions_with_the_original() throws Throwable {
        Database copy = database.withIsolation(Connection.TRANSACTION_SERIALIZABLE);
        copy.inTransaction(() -> {
            assertThat(database.hasTransactionHere()).isTrue();
            return database.inTransaction(() -> insert(database.dataSource(), 1));
        });

        assertThat(copy.dataSource()).isSameAs(database.dataSource());
        assertThat(copy.jdbi()).isSameAs(database.jdbi());
        assertThat(ids()).containsExactly(1);
    }

    @Test
    void an_interrupt_changes_nothing_and_is_kept() throws Throwable {
        database.inTransaction(() -> {
            insert(database.dataSource(), 1);
            Thread.currentThread().interrupt();
            return null;
        });
        assertThat(Thread.interrupted()).isTrue();
        assertThat(ids()).containsExactly(1);

        Throwable thrown = new IOException();
        assertThatThrownBy(() -> database.inTransaction(() -> {
                    insert(database.dataSource(), 2);
                    Thread.currentThread().interrupt();
                    throw thrown;
                }))
                .isSameAs(thrown);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(ids()).containsExactly(1);
        assertThatPoolIsClean();
    }

    @Test
    void whether_a_commit_on_a_lost_session_was_carried_out_is_not_known() throws Throwable {
        Connection[] lost = new Connection[1];
        Throwable outcome = catchThrowable(() -> database.inTransaction(() -> {
            insert(database.dataSource(), 1);
            lost[0] = database.connection().unwrap(Connection.class);
            kill(lost[0]);
            return null;
        }));

        if (engine() == TestServer.H2) {
            // It knows before COMMIT that the session is gone.
            assertThat(outcome).isInstanceOf(SQLException.class);
        } else {
            assertThat(outcome)
                    .isInstanceOf(CommitOutcomeUnknownException.class)
                    .hasCauseInstanceOf(SQLException.class);
        }
        assertThat(ids()).isEmpty();
        assertThatPoolGivesAnotherThan(lost[0]);
    }

    @Test
    void work_that_fails_on_a_lost_session_is_no_unknown_outcome() throws Throwable {
        Connection[] lost = new Connection[1];
        Throwable thrown = new IOException();
        assertThatThrownBy(() -> database.inTransaction(() -> {
                    insert(database.dataSource(), 1);
                    lost[0] = database.connection().unwrap(Connection.class);
                    kill(lost[0]);
                    throw thrown;
                }))
                .isSameAs(thrown);

        assertThat(ids()).isEmpty();
        assertThatPoolGivesAnotherThan(lost[0]);
    }

    /** Of the rows 1, 2, 1 and 3: H2 goes on after the failure, MariaDB's driver sends one statement. */
    private List<Integer> whatABatchLeaves() {
        return engine() == TestServer.H2 ? List.of(1, 2, 3) : List.of();
    }

    /** H2 has no SQLState of a lost connection, by which a pool knows one. */
    private void assertThatPoolGivesAnotherThan(Connection lost) throws SQLException {
        assertThat(lost.isClosed()).isTrue();
        if (engine() != TestServer.H2) {
            assertThatPoolIsClean();
        }
    }

    /** Ends the session of a connection, as an operator or a crashing server would. */
    private void kill(Connection victim) throws SQLException {
        String session = switch (engine()) {
            case POSTGRES -> "SELECT pg_backend_pid()";
            case MARIADB -> "SELECT connection_id()";
            case H2, H2_SHARED -> "SELECT SESSION_ID()";
        };
        long id;
        try (Statement statement = victim.createStatement();
                ResultSet result = statement.executeQuery(session)) {
            result.next();
            id = result.getLong(1);
        }
        execute(
                switch (engine()) {
                    case POSTGRES -> "SELECT pg_terminate_backend(" + id + ", 10000)";
                    case MARIADB -> "KILL " + id;
                    case H2, H2_SHARED -> "SELECT ABORT_SESSION(" + id + ")";
                });
    }

    private static void batch(DataSource dataSource, int... ids) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement insert = connection.prepareStatement(INSERT)) {
            for (int id : ids) {
                insert.setInt(1, id);
                insert.setInt(2, 10);
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }
}
