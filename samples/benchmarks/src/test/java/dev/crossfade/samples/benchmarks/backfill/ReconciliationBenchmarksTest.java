package dev.crossfade.samples.benchmarks.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ReconciliationBenchmarksTest {
    @Test
    void every_contestant_sees_all_rows_and_has_a_row_in_its_table() throws Exception {
        String table = ReconciliationBenchmarks.run(new Volume(1, 2_500), Pattern.compile("reconciliation.postgresql"));

        assertThat(table.lines().filter(line -> line.startsWith("|"))).hasSize(2 + 5);
        assertThat(table).startsWith("### reconciliation.postgresql").doesNotContain("NaN");
    }
}
