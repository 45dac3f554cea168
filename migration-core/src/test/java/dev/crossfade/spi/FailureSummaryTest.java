package dev.crossfade.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class FailureSummaryTest {

    @Test
    void names_the_class_and_the_sql_state_of_the_first_cause_that_has_one() {
        Exception failure = new IllegalStateException(
                "row 4711", new SQLException("no state", null, 0, new SQLException("row 4711", "23505")));
        assertThat(FailureSummary.of(failure))
                .isEqualTo(new FailureSummary("java.lang.IllegalStateException", "23505"));
        assertThat(FailureSummary.of(failure).toString()).doesNotContain("4711");
        assertThat(FailureSummary.of(new IOException("x"))).isEqualTo(new FailureSummary("java.io.IOException", null));
    }

    @Test
    void causes_in_a_circle_and_causes_that_throw_do_no_harm() {
        Exception first = new IllegalStateException("first");
        Exception second = new IllegalStateException("second", first);
        first.initCause(second);
        assertThat(FailureSummary.of(first).sqlState()).isNull();

        Exception hostile = new Exception() {
            @Override
            public synchronized Throwable getCause() {
                throw new IllegalStateException("no cause for you");
            }
        };
        assertThat(FailureSummary.of(hostile).sqlState()).isNull();
    }
}
