package dev.crossfade.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class SimulatorTest {
    @Test
    void every_promise_holds_for_every_seed() throws Exception {
        Runs.Report report = Runs.untilFailure(Runs.count(4_000), () -> Mutant.NONE);

        System.out.println("Simulator: " + report);
        assertThat(report.failure()).as(report.story()).isNull();
    }

    @Test
    void the_same_seed_gives_the_same_run() throws Exception {
        Supplier<Mutant> mutant = Mutants.READS_STATE_BEFORE_VERSION;

        Runs.Report once = Runs.untilBroken(50, mutant);
        Runs.Report again = Runs.untilBroken(50, mutant);

        assertThat(again.story()).isEqualTo(once.story()).isNotEmpty();
        assertThat(again.steps()).isEqualTo(once.steps());
    }
}
