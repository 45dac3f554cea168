package dev.crossfade.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every rule that the simulator guards, broken on purpose: the checker must notice. */
class MutantsTest {
    private static final int SEEDS = 5_000;

    @ParameterizedTest
    @EnumSource
    void no_mutant_survives(Mutants mutant) throws Exception {
        Runs.Report report = Runs.untilBroken(SEEDS, mutant);

        System.out.println("Mutant " + mutant + ": " + report);
        assertThat(report.failure())
                .as("mutant %s survived %d seeds: nothing guards its rule", mutant, report.seeds())
                .isInstanceOf(Violation.class);
    }
}
