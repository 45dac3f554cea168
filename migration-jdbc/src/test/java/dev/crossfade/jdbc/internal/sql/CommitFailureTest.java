package dev.crossfade.jdbc.internal.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransactionRollbackException;
import java.sql.SQLTransientConnectionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommitFailureTest {

    @ParameterizedTest
    @ValueSource(strings = {"40001", "40P01", "40002", "23505", "23000", "23514", "25P02", "P0001", "22012", "44000"})
    void a_database_that_refused_the_transaction_rolled_back(String state) {
        assertThat(CommitFailure.meansRolledBack(new SQLException("refused", state)))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"40001", "23503", "22P02", "42501", "53100", "53200", "54000", "55P03", "57014", "P0001"})
    void postgresql_that_refused_what_came_with_the_commit_rolled_back(String state) {
        assertThat(CommitFailure.meansRolledBackByPostgreSql(new SQLException("refused", state)))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"08006", "57P01", "57P02", "40003", "XX000", "58030", "", "23"})
    void the_end_of_a_session_leaves_the_outcome_of_what_came_with_the_commit_open(String state) {
        assertThat(CommitFailure.meansRolledBackByPostgreSql(new SQLException("who knows", state)))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "08006", "08003", "08007", "57P01", "57014", "40003", "HYT00", "HY000", "XX000", "53100", "58030",
                "90098", "4", "", "23"
            })
    void everything_else_leaves_the_outcome_open(String state) {
        assertThat(CommitFailure.meansRolledBack(new SQLException("who knows", state)))
                .isFalse();
    }

    static Stream<Throwable> lost_connections() {
        SQLException broken = new SQLException("rolled back, says the proxy", "40001");
        broken.initCause(new SocketTimeoutException("read timed out"));
        return Stream.of(
                broken,
                new SQLRecoverableException("lost", "40001"),
                new SQLTimeoutException("late", "23505"),
                new SQLTransientConnectionException("lost", "40001"),
                new SQLNonTransientConnectionException("lost", "40001"),
                new SQLException("no state"),
                new IllegalStateException("of the driver"),
                new IllegalStateException(new SQLException("refused", "40001")),
                new StackOverflowError());
    }

    @ParameterizedTest
    @MethodSource("lost_connections")
    void whatever_its_state_a_lost_connection_leaves_the_outcome_open(Throwable failure) {
        assertThat(CommitFailure.meansRolledBack(failure)).isFalse();
    }

    @Test
    void a_refusal_counts_whatever_its_class() {
        assertThat(CommitFailure.meansRolledBack(new SQLTransactionRollbackException("conflict", "40001")))
                .isTrue();
        assertThat(CommitFailure.meansRolledBack(new SQLIntegrityConstraintViolationException("twice", "23000")))
                .isTrue();
    }

    @Test
    void a_circle_of_causes_ends() {
        SQLException first = new SQLException("first", "40001");
        first.initCause(new IllegalStateException(first));

        assertThat(CommitFailure.meansRolledBack(first)).isTrue();
    }
}
