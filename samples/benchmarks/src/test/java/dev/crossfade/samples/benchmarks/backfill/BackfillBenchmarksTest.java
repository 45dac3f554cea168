package dev.crossfade.samples.benchmarks.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class BackfillBenchmarksTest {
    private static final Volume SMOKE = new Volume(1, 200);

    @Test
    void every_contestant_brings_all_rows_to_postgresql_and_has_a_row_in_the_table() throws Exception {
        assertRows("backfill.postgresql", 12);
    }

    @Test
    void every_contestant_brings_all_rows_to_mariadb_and_has_a_row_in_the_table() throws Exception {
        Assumptions.assumeTrue(
                System.getProperty("os.name").equals("Linux")
                        && System.getProperty("os.arch").equals("amd64"),
                "MariaDB's binaries are for Linux on x86-64");
        assertRows("backfill.mariadb", 9);
    }

    private static void assertRows(String part, int contestants) throws Exception {
        String table = BackfillBenchmarks.run(SMOKE, Pattern.compile(part));

        assertThat(table.lines().filter(line -> line.startsWith("|"))).hasSize(2 + contestants);
        assertThat(table).startsWith("### " + part).doesNotContain("NaN");
    }
}
