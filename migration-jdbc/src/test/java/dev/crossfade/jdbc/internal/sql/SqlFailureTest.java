package dev.crossfade.jdbc.internal.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.BatchUpdateException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SqlFailureTest {

    @ParameterizedTest
    @CsvSource({
        "40001, 0, PostgreSQL serialization failure",
        "40P01, 0, PostgreSQL deadlock",
        "40001, 1213, MariaDB deadlock",
        "HY000, 1020, MariaDB row changed after the snapshot",
        "40001, 40001, H2 deadlock",
        "90131, 90131, H2 concurrent update"
    })
    void lost_races_may_be_tried_again(String state, int code, String name) {
        SQLException failure = new SQLException(name, state, code);
        assertThat(SqlFailure.isContention(failure)).isTrue();
        assertThat(SqlFailure.isLockTimeout(failure)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"55P03, 0, PostgreSQL", "HY000, 1205, MariaDB", "HYT00, 50200, H2"})
    void lock_timeouts_are_contention_too(String state, int code, String name) {
        SQLException failure = new SQLException(name, state, code);
        assertThat(SqlFailure.isContention(failure)).isTrue();
        assertThat(SqlFailure.isLockTimeout(failure)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"23505, 0", "23000, 1062", "08006, 0", "57014, 0", "70100, 1969", "42P01, 0", "22001, 22001"})
    void anything_else_is_not(String state, int code) {
        SQLException failure = new SQLException("other", state, code);
        assertThat(SqlFailure.isContention(failure)).isFalse();
        assertThat(SqlFailure.isLockTimeout(failure)).isFalse();
    }

    @Test
    void a_failure_without_a_state_is_not() {
        assertThat(SqlFailure.isContention(new SQLException("no state"))).isFalse();
        assertThat(SqlFailure.isContention(new IllegalStateException("no SQL"))).isFalse();
    }

    @Test
    void causes_and_linked_exceptions_are_looked_at() {
        SQLException deadlock = new SQLException("deadlock", "40P01", 0);
        BatchUpdateException batch = new BatchUpdateException("batch", "HY000", 0, new int[0]);
        batch.setNextException(deadlock);

        assertThat(SqlFailure.isContention(new RuntimeException(new RuntimeException(deadlock))))
                .isTrue();
        assertThat(SqlFailure.isContention(new RuntimeException(batch))).isTrue();
    }
}
