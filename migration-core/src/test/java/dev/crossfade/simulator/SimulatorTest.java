package dev.crossfade.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SimulatorTest {
    @Test
    void every_promise_holds_for_every_seed() throws Exception {
        Runs.Report report = Runs.untilFailure(Runs.count(2_000), () -> Mutant.NONE);

        System.out.println("Simulator: " + report);
        assertThat(report.failure()).as(report.story()).isNull();
    }
}
