package dev.crossfade.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.crossfade.CommitOutcomeUnknownException;
import dev.crossfade.jdbc.TransactionSettings.Limits;
import dev.crossfade.jdbc.testing.TestDatabase;
import dev.crossfade.jdbc.testing.TestServer;
import java.io.IOException;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionException;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jdbi.v3.sqlobject.transaction.Transaction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What repositories and the library may expect of a transaction, on every engine. */
abstract class DatabaseContract {
    private static final String INSERT = "INSERT INTO item VALUES (?, ?)";
    private static final Limits SHORT = new Limits(Duration.ofSeconds(30), Duration.ofMillis(20));

    private TestDatabase server;
    private HikariDataSource single;
    private Database database;

    abstract TestServer engine();

    @BeforeEach
    void open() throws SQLException {
        server = engine().newDatabase();
        // One connection: whoever takes a second one while a transaction holds the first is found out.
        single = server.openPool(server.url(), 1);
        single.setConnectionTimeout(2_000);
        database = Database.of("legacy", single);
        database.jdbi().installPlugin(new SqlObjectPlugin());
        try (Connection connection = server.connect()) {
            execute(connection, "CREATE TABLE item (id INT PRIMARY KEY, amount INT NOT NULL)");
        }
    }

    @AfterEach
    void close() {
        server.close();
    }

    // Commit and rollback

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

    // Repositories take part

    @Test
    void a_plain_data_source_takes_part() {
        assertThatThrownBy(() -> database.inTransaction(() -> {
                    insert(database.dataSource(), 1);
                    assertThat(amount(database.dataSource(), 1)).isEqualTo(10);
                    throw new IllegalStateException();
                }))
                .isInstanceOf(IllegalStateException.class);

        assertThat(ids()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void jdbi_takes_part(JdbiStyle style) throws Throwable {
        Jdbi jdbi = database.jdbi();
        Items onDemand = jdbi.onDemand(Items.class);
        for (boolean fails : new boolean[] {true, false}) {
            Throwable thrown = catchThrowable(() -> database.inTransaction(() -> {
                int before = database.statementsHere();
                style.insert(jdbi, onDemand, 1);
                assertThat(database.statementsHere()).isGreaterThan(before);
                assertThat(ids()).isEmpty();
                if (fails) {
                    throw new IOException();
                }
                return null;
            }));
            assertThat(thrown instanceof IOException).isEqualTo(fails);
        }
        assertThat(ids()).containsExactly(1);
        assertThatPoolIsClean();
    }

    @Test
    void nested_handles_are_independent_of_one_another() throws Throwable {
        database.inTransaction(() -> {
            try (Handle outer = database.jdbi().open()) {
                try (Handle inner = database.jdbi().open()) {
                    inner.execute(INSERT, 1, 10);
                }
                outer.execute(INSERT, 2, 10);
            }
            return null;
        });

        assertThat(ids()).containsExactly(1, 2);
    }

    @Test
    void a_handle_that_was_open_before_does_not_hide_the_transaction() throws Throwable {
        Database roomy = Database.of("legacy", server.dataSource());
        roomy.jdbi().useHandle(before -> {
            assertThatThrownBy(() -> roomy.inTransaction(() -> {
                        roomy.jdbi().useHandle(handle -> {
                            assertThat(handle).isNotSameAs(before);
                            handle.execute(INSERT, 1, 10);
                            roomy.jdbi().useHandle(nested -> assertThat(nested).isSameAs(handle));
                        });
                        throw new IllegalStateException();
                    }))
                    .isInstanceOf(IllegalStateException.class);
            roomy.jdbi().useHandle(after -> assertThat(after).isSameAs(before));
        });

        assertThat(ids()).isEmpty();
    }

    @Test
    void jdbi_joins_only_at_the_isolation_level_of_the_transaction() throws Throwable {
        TransactionIsolationLevel mine =
                database.inTransaction(() -> database.jdbi().withHandle(Handle::getTransactionIsolationLevel));
        TransactionIsolationLevel other = mine == TransactionIsolationLevel.SERIALIZABLE
                ? TransactionIsolationLevel.READ_COMMITTED
                : TransactionIsolationLevel.SERIALIZABLE;

        database.inTransaction(() -> {
            database.jdbi().useTransaction(mine, handle -> handle.execute(INSERT, 1, 10));
            assertThatThrownBy(() -> database.jdbi().useTransaction(other, handle -> handle.execute(INSERT, 2, 10)))
                    .isInstanceOf(TransactionException.class)
                    .hasMessageContaining("isolation level");
            return null;
        });

        assertThat(ids()).containsExactly(1);
    }

    @Test
    void outside_a_transaction_every_call_commits_by_itself_or_in_the_transaction_that_it_opens() throws Exception {
        insert(database.dataSource(), 1);
        database.jdbi().onDemand(Items.class).insert(2, 10);
        database.jdbi().useTransaction(handle -> handle.execute(INSERT, 3, 10));
        assertThatThrownBy(() -> database.jdbi().useTransaction(handle -> {
                    handle.execute(INSERT, 4, 10);
                    throw new IOException();
                }))
                .isInstanceOf(IOException.class);
        try (Connection own = database.dataSource().getConnection()) {
            own.setAutoCommit(false);
            insert(own, 5);
            own.rollback();
        }

        assertThat(ids()).containsExactly(1, 2, 3);
        assertThatPoolIsClean();
    }

    @Test
    void a_transaction_that_jdbi_opened_cannot_be_joined_and_is_not_passed_by() {
        TransactionIsolationLevel level = TransactionIsolationLevel.READ_COMMITTED;
        assertThatThrownBy(() -> database.jdbi().useTransaction(handle -> {
                    assertThat(database.hasTransactionHere()).isTrue();
                    writeByTheLibrary();
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Jdbi");
        assertThatThrownBy(() -> database.jdbi().useTransaction(level, handle -> writeByTheLibrary()))
                .isInstanceOf(IllegalStateException.class);

        assertThat(ids()).isEmpty();
        writeByTheLibrary();
        assertThat(ids()).containsExactly(1);
    }

    private void writeByTheLibrary() {
        try {
            database.inTransaction(() -> insert(database.dataSource(), 1));
        } catch (RuntimeException refusal) {
            throw refusal;
        } catch (Throwable failure) {
            throw new AssertionError(failure);
        }
    }

    @Test
    void another_thread_does_not_take_part() throws Throwable {
        Database roomy = Database.of("legacy", server.dataSource());
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            assertThatThrownBy(() -> roomy.inTransaction(() -> {
                        insert(roomy.dataSource(), 1);
                        return thread.submit(() -> {
                                    assertThat(roomy.hasTransactionHere()).isFalse();
                                    insert(roomy.dataSource(), 2);
                                    throw new IllegalStateException();
                                })
                                .get();
                    }))
                    .hasRootCauseInstanceOf(IllegalStateException.class);
        } finally {
            thread.shutdown();
        }

        assertThat(ids()).containsExactly(2);
    }

    // Repositories cannot end the transaction

    @ParameterizedTest
    @EnumSource
    void repository_code_cannot_end_the_transaction(Ending ending) {
        SQLException refusal = catchThrowableOfType(
                SQLException.class,
                () -> database.inTransaction(() -> {
                    try (Connection connection = database.dataSource().getConnection()) {
                        insert(connection, 1);
                        ending.call(connection);
                    }
                    return null;
                }));

        assertThat(refusal.getSQLState()).isEqualTo(ending.sqlState);
        assertThat((Throwable) refusal).hasMessageContaining("'legacy'").hasMessageContaining("throw an exception");
        assertThat(ids()).isEmpty();
        assertThatPoolIsClean();
    }

    @ParameterizedTest
    @EnumSource(names = {"ROLLBACK", "ABORT"})
    void after_a_refused_rollback_nothing_is_committed_even_if_the_refusal_is_swallowed(Ending ending) {
        SQLException[] swallowed = new SQLException[1];
        Throwable outcome = catchThrowable(() -> database.inTransaction(() -> {
            try (Connection connection = database.dataSource().getConnection()) {
                insert(connection, 1);
                swallowed[0] = catchThrowableOfType(SQLException.class, () -> ending.call(connection));
            }
            return null;
        }));

        assertThat(outcome).isNotNull().isSameAs(swallowed[0]);
        assertThat(ids()).isEmpty();
    }

    @Test
    void a_refused_commit_that_is_swallowed_leaves_the_commit_to_the_caller() throws Throwable {
        database.inTransaction(() -> {
            try (Connection connection = database.dataSource().getConnection()) {
                insert(connection, 1);
                assertThat(catchThrowable(connection::commit)).isInstanceOf(SQLException.class);
                assertThat(ids()).isEmpty();
            }
            return null;
        });

        assertThat(ids()).containsExactly(1);
    }

    @Test
    void a_handle_cannot_end_the_transaction() {
        for (boolean commits : new boolean[] {true, false}) {
            Throwable outcome = catchThrowable(() -> database.inTransaction(() -> {
                try (Handle handle = database.jdbi().open()) {
                    handle.begin();
                    handle.execute(INSERT, 1, 10);
                    return commits ? handle.commit() : handle.rollback();
                }
            }));

            assertThat(outcome).isInstanceOf(TransactionException.class).hasRootCauseInstanceOf(SQLException.class);
            assertThat(ids()).isEmpty();
        }
        assertThatPoolIsClean();
    }

    @Test
    void a_handle_that_is_closed_in_the_midst_of_its_own_begin_leaves_the_transaction_open() throws Throwable {
        database.inTransaction(() -> {
            try (Handle handle = database.jdbi().open()) {
                handle.begin();
                handle.execute(INSERT, 1, 10);
            }
            return null;
        });

        assertThat(ids()).containsExactly(1);
    }

    @Test
    void callbacks_of_a_handle_run_only_in_transactions_that_jdbi_opened() throws Throwable {
        List<String> ran = new ArrayList<>();
        database.inTransaction(() -> {
            database.jdbi().useTransaction(handle -> handle.afterCommit(() -> ran.add("joined")));
            return null;
        });
        database.jdbi().useTransaction(handle -> handle.afterCommit(() -> ran.add("own")));

        assertThat(ran).containsExactly("own");
    }

    @Test
    void setting_what_is_set_already_is_no_mistake() throws Throwable {
        database.inTransaction(() -> {
            try (Connection connection = database.dataSource().getConnection()) {
                connection.setAutoCommit(false);
                connection.setTransactionIsolation(connection.getTransactionIsolation());
                assertThat(connection.getAutoCommit()).isFalse();
            }
            return insert(database.dataSource(), 1);
        });

        assertThat(ids()).containsExactly(1);
    }

    // Savepoints

    @Test
    void savepoints_undo_a_part() throws Throwable {
        database.inTransaction(() -> {
            try (Connection connection = database.dataSource().getConnection()) {
                insert(connection, 1);
                Savepoint unnamed = connection.setSavepoint();
                insert(connection, 2);
                assertThatThrownBy(() -> insert(connection, 1)).isInstanceOf(SQLException.class);
                connection.rollback(unnamed);
                Savepoint named = connection.setSavepoint("named");
                insert(connection, 3);
                connection.releaseSavepoint(named);
            }
            return null;
        });

        assertThat(ids()).containsExactly(1, 3);
    }

    @Test
    void savepoints_of_a_handle_undo_a_part() throws Throwable {
        database.inTransaction(() -> {
            database.jdbi().useTransaction(handle -> {
                handle.execute(INSERT, 1, 10);
                handle.savepoint("before");
                handle.execute(INSERT, 2, 10);
                handle.rollbackToSavepoint("before");
                handle.savepoint("kept");
                handle.execute(INSERT, 3, 10);
                handle.releaseSavepoint("kept");
            });
            return null;
        });

        assertThat(ids()).containsExactly(1, 3);
    }

    // What is left behind

    @Test
    void a_connection_kept_beyond_its_transaction_is_of_no_use() throws Throwable {
        for (boolean fails : new boolean[] {false, true}) {
            Connection[] kept = new Connection[1];
            Throwable outcome = catchThrowable(() -> database.inTransaction(() -> {
                kept[0] = database.dataSource().getConnection();
                if (fails) {
                    throw new IOException();
                }
                return null;
            }));

            assertThat(outcome instanceof IOException).isEqualTo(fails);
            assertThat(kept[0].isClosed()).isTrue();
            assertThat(kept[0].isValid(1)).isFalse();
            SQLException refusal = catchThrowableOfType(SQLException.class, () -> insert(kept[0], 1));
            assertThat(refusal.getSQLState()).isEqualTo("08003");
            assertThat((Throwable) refusal).hasMessageContaining("has ended");
            kept[0].close();
        }
        assertThat(ids()).isEmpty();
    }

    @Test
    void a_closed_connection_is_of_no_use_while_the_transaction_goes_on() throws Throwable {
        database.inTransaction(() -> {
            Connection other = database.dataSource().getConnection();
            Connection closed = database.dataSource().getConnection();
            closed.close();
            closed.close();

            assertThat(closed.isClosed()).isTrue();
            assertThatThrownBy(() -> insert(closed, 1)).hasMessageContaining("is closed");
            assertThat(other.isClosed()).isFalse();
            assertThat(other.isValid(1)).isTrue();
            assertThat(new HashSet<>(Arrays.asList(other, closed, other))).hasSize(2);
            return insert(other, 2);
        });

        assertThat(ids()).containsExactly(2);
    }

    @Test
    void the_connection_goes_back_as_it_came() throws Throwable {
        for (int isolation : new int[] {Connection.TRANSACTION_NONE, Connection.TRANSACTION_SERIALIZABLE}) {
            Database isolated = database.withIsolation(isolation);
            for (boolean fails : new boolean[] {false, true}) {
                Throwable outcome = catchThrowable(() -> isolated.inTransaction(() -> {
                    try (Connection connection = isolated.dataSource().getConnection()) {
                        connection.setReadOnly(true);
                        insert(connection, 1);
                    }
                    if (fails) {
                        throw new IOException();
                    }
                    return null;
                }));
                assertThat(outcome instanceof IOException).isEqualTo(fails);
                assertThatPoolIsClean();
                execute("DELETE FROM item");
            }
        }
    }

    @Test
    void a_pool_without_auto_commit_gets_its_connections_back_without() throws Throwable {
        try (HikariDataSource manual = pool(config -> config.setAutoCommit(false))) {
            Database onManual = Database.of("legacy", manual);

            onManual.inTransaction(() -> insert(onManual.dataSource(), 1));

            assertThat(ids()).containsExactly(1);
            try (Connection connection = manual.getConnection()) {
                assertThat(connection.getAutoCommit()).isFalse();
            }
        }
    }

    @Test
    void a_read_only_pool_stays_read_only_whatever_repositories_ask_for() throws Throwable {
        try (HikariDataSource readers = pool(config -> config.setReadOnly(true))) {
            Database reader = Database.of("replica", readers);

            Throwable outcome = catchThrowable(() -> reader.inTransaction(() -> {
                try (Connection connection = reader.dataSource().getConnection()) {
                    connection.setReadOnly(false);
                    return insert(connection, 1);
                }
            }));

            if (engine() == TestServer.H2) {
                // To H2 it is a hint.
                assertThat(outcome).isNull();
            } else {
                assertThat(outcome).isInstanceOf(SQLException.class);
                assertThat(ids()).isEmpty();
            }
        }
    }

    // Isolation

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

    // For the library

    @Test
    void statements_of_repositories_count_and_those_of_the_library_do_not() throws Throwable {
        database.inTransaction(() -> {
            execute(database.connection(), "INSERT INTO item VALUES (1, 10)");
            assertThat(database.statementsHere()).isZero();

            try (Connection connection = database.dataSource().getConnection()) {
                connection.createStatement().close();
                connection.prepareStatement(INSERT).close();
                connection.prepareCall("{call abs(1)}").close();
            }
            assertThat(database.statementsHere()).isEqualTo(3);
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
                assertThat(roomy.statementsHere()).isZero();
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
        assertThatThrownBy(database::statementsHere).isInstanceOf(IllegalStateException.class);
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
                                assertThat(roomy.statementsHere()).isZero();
                                return insert(roomy.dataSource(), 2);
                            });
                    assertThat(ids()).containsExactly(2);
                    assertThat(roomy.statementsHere()).isEqualTo(1);
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

    // How a commit ends

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

    // Fixture

    /** Ways to reach a database by Jdbi. */
    enum JdbiStyle {
        USE_HANDLE {
            @Override
            void insert(Jdbi jdbi, Items onDemand, int id) {
                jdbi.useHandle(handle -> handle.execute(INSERT, id, 10));
            }
        },
        NESTED_HANDLES {
            @Override
            void insert(Jdbi jdbi, Items onDemand, int id) {
                jdbi.useHandle(outer -> jdbi.useHandle(handle -> handle.execute(INSERT, id, 10)));
            }
        },
        OPEN_HANDLE {
            @Override
            void insert(Jdbi jdbi, Items onDemand, int id) {
                try (Handle handle = jdbi.open()) {
                    handle.execute(INSERT, id, 10);
                }
            }
        },
        IN_TRANSACTION {
            @Override
            void insert(Jdbi jdbi, Items onDemand, int id) {
                jdbi.useTransaction(handle -> handle.execute(INSERT, id, 10));
            }
        },
        NESTED_TRANSACTIONS {
            @Override
            void insert(Jdbi jdbi, Items onDemand, int id) {
                jdbi.useTransaction(outer -> jdbi.useTransaction(handle -> handle.execute(INSERT, id, 10)));
            }
        },
        ON_DEMAND {
            @Override
            void insert(Jdbi jdbi, Items onDemand, int id) {
                onDemand.insert(id, 10);
            }
        },
        ON_DEMAND_IN_TRANSACTION {
            @Override
            void insert(Jdbi jdbi, Items onDemand, int id) {
                onDemand.insertInTransaction(id, 10);
            }
        },
        ON_DEMAND_AFTER_A_READ_ONLY_CALL {
            @Override
            void insert(Jdbi jdbi, Items onDemand, int id) {
                assertThat(onDemand.count()).isZero();
                onDemand.insert(id, 10);
            }
        },
        ATTACHED {
            @Override
            void insert(Jdbi jdbi, Items onDemand, int id) {
                jdbi.useExtension(Items.class, items -> items.insert(id, 10));
            }
        };

        abstract void insert(Jdbi jdbi, Items onDemand, int id);
    }

    interface Items {
        @SqlUpdate("INSERT INTO item VALUES (?, ?)")
        void insert(int id, int amount);

        @Transaction
        @SqlUpdate("INSERT INTO item VALUES (?, ?)")
        void insertInTransaction(int id, int amount);

        @Transaction(readOnly = true)
        @SqlQuery("SELECT count(*) FROM item")
        int count();
    }

    /** What repository code may not do in a transaction that it did not open. */
    enum Ending {
        COMMIT("2D000") {
            @Override
            void call(Connection connection) throws SQLException {
                connection.commit();
            }
        },
        ROLLBACK("2D000") {
            @Override
            void call(Connection connection) throws SQLException {
                connection.rollback();
            }
        },
        AUTO_COMMIT("2D000") {
            @Override
            void call(Connection connection) throws SQLException {
                connection.setAutoCommit(true);
            }
        },
        ABORT("2D000") {
            @Override
            void call(Connection connection) throws SQLException {
                connection.abort(Runnable::run);
            }
        },
        ISOLATION("25001") {
            @Override
            void call(Connection connection) throws SQLException {
                connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            }
        };

        private final String sqlState;

        Ending(String sqlState) {
            this.sqlState = sqlState;
        }

        abstract void call(Connection connection) throws SQLException;
    }

    /** Of the rows 1, 2, 1 and 3: H2 goes on after the failure, MariaDB's driver sends one statement. */
    private List<Integer> whatABatchLeaves() {
        return engine() == TestServer.H2 ? List.of(1, 2, 3) : List.of();
    }

    private HikariDataSource pool(Consumer<HikariConfig> settings) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(server.url());
        config.setUsername(server.user());
        config.setPassword(server.password());
        config.setMaximumPoolSize(1);
        settings.accept(config);
        return new HikariDataSource(config);
    }

    /** H2 has no SQLState of a lost connection, by which a pool knows one. */
    private void assertThatPoolGivesAnotherThan(Connection lost) throws SQLException {
        assertThat(lost.isClosed()).isTrue();
        if (engine() != TestServer.H2) {
            assertThatPoolIsClean();
        }
    }

    private void assertThatPoolIsClean() {
        try (Connection fresh = server.connect();
                Connection connection = single.getConnection()) {
            assertThat(connection.getAutoCommit()).isTrue();
            assertThat(connection.isReadOnly()).isFalse();
            assertThat(connection.getTransactionIsolation()).isEqualTo(fresh.getTransactionIsolation());
            assertThat(connection.getNetworkTimeout()).isEqualTo(fresh.getNetworkTimeout());
            execute(connection, "SELECT count(*) FROM item");
        } catch (SQLException e) {
            throw new AssertionError("the pool gives no clean connection", e);
        }
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

    /** Seen by a session that has no part in any transaction. */
    private List<Integer> ids() {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT id FROM item ORDER BY id")) {
            List<Integer> ids = new ArrayList<>();
            while (result.next()) {
                ids.add(result.getInt(1));
            }
            return ids;
        } catch (SQLException e) {
            throw new AssertionError("cannot read what was committed", e);
        }
    }

    private static int amount(DataSource dataSource, int id) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement select = connection.prepareStatement("SELECT amount FROM item WHERE id = ?")) {
            select.setInt(1, id);
            try (ResultSet result = select.executeQuery()) {
                result.next();
                return result.getInt(1);
            }
        }
    }

    private static @Nullable Void insert(DataSource dataSource, int id) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            return insert(connection, id);
        }
    }

    private static @Nullable Void insert(Connection connection, int id) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setInt(1, id);
            insert.setInt(2, 10);
            insert.executeUpdate();
            return null;
        }
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

    private void execute(String sql) throws SQLException {
        try (Connection connection = server.connect()) {
            execute(connection, sql);
        }
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
