package dev.crossfade.samples.benchmarks.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JdbcBenchmarksTest {

    @ParameterizedTest
    @CsvSource({
        "jdbc.writes, 11",
        "jdbc.relay, 4",
        "jdbc.lag, 2",
        "jdbc.handover, 2",
        "jdbc.trouble, 3",
        "jdbc.backfill-load, 4"
    })
    void every_contestant_runs_and_has_a_row_in_its_table(String part, int contestants) throws Exception {
        String table = JdbcBenchmarks.run(Effort.smoke(), Pattern.compile(part));

        assertThat(table.lines().filter(line -> line.startsWith("|"))).hasSize(2 + contestants);
        assertThat(table).startsWith("### " + part).doesNotContain("NaN");
    }

    @Test
    void nothing_starts_for_a_name_that_no_part_has() throws Exception {
        assertThat(JdbcBenchmarks.run(Effort.smoke(), Pattern.compile("equals")))
                .isEmpty();
    }
}
