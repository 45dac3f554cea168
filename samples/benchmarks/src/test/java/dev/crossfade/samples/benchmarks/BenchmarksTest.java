package dev.crossfade.samples.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

class BenchmarksTest {

    @Test
    void every_benchmark_runs_and_has_a_row_in_the_table() throws RunnerException {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include("dev.crossfade.*")
                        .mode(Mode.SingleShotTime)
                        .forks(0)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .shouldFailOnError(true)
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .run();

        String table = new Table(List.of(results)).markdown();

        assertThat(table.lines()).hasSize(2 + results.size());
        assertThat(table)
                .contains("| direct |", "| equals, 3 |", "| directWrite |")
                .contains(List.of(Situation.values()).stream()
                        .map(situation -> "| crossfade, " + situation + " |")
                        .toList());
    }

    @Test
    void a_migration_stands_where_it_is_to_be_measured() {
        for (Situation situation : Situation.values()) {
            try (var migration = situation.migration()) {
                assertThat(migration.status().stage()).isEqualTo(situation.stage());
            }
        }
    }

    @Test
    void three_fields_differ() {
        Comparing comparing = new Comparing();
        comparing.differences = 3;
        comparing.differ();

        assertThat(comparing.commonsDiffBuilder().getNumberOfDiffs()).isEqualTo(3);
        assertThat(comparing.commonsReflectionDiff().getNumberOfDiffs()).isEqualTo(3);
        assertThat(comparing.javers().getChanges()).hasSize(3);
        assertThat(comparing.jacksonTrees()).isFalse();
        assertThat(comparing.crossfadeComparison().toString()).contains("status", "total", "note");
    }
}
