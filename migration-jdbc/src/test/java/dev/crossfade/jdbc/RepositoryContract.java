package dev.crossfade.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.zaxxer.hikari.HikariDataSource;
import dev.crossfade.jdbc.testing.TestServer;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionException;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jdbi.v3.sqlobject.transaction.Transaction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How repositories take part in a transaction, and what they cannot do to it, on every engine. */
abstract class RepositoryContract extends DatabaseFixture {
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
                int before = database.statementsHere().orElseThrow();
                style.insert(jdbi, onDemand, 1);
                assertThat(database.statementsHere().orElseThrow()).isGreaterThan(before);
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
}
