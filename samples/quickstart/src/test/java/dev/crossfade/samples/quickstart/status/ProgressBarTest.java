package dev.crossfade.samples.quickstart.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.backfill.BackfillStatus;
import dev.crossfade.run.Brake;
import dev.crossfade.run.RunState;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();

    private ProgressBar bar(boolean terminal) {
        return new ProgressBar(new PrintStream(shown, true, StandardCharsets.UTF_8), terminal);
    }

    private static BackfillStatus status(RunState state, long rows) {
        return new BackfillStatus("Order", state, rows, rows, 0, 3, 4_000L, 500, Brake.LAG, 2, null);
    }

    @Test
    void a_line_tells_how_far_it_is_how_fast_and_what_holds_it() {
        assertThat(ProgressBar.text(status(RunState.RUNNING, 1_000)))
                .isEqualTo(
                        "[======                  ]  25.0 %  1000 rows  500 rows/s  6 s to go  brake LAG  refused 3");
        assertThat(ProgressBar.text(status(RunState.COMPLETED, 4_100)))
                .startsWith("[" + "=".repeat(24) + "] 100.0 %  4100 rows")
                .contains("COMPLETED");
    }

    @Test
    void on_a_terminal_it_stays_in_its_line_until_the_end() {
        ProgressBar bar = bar(true);
        bar.show(status(RunState.RUNNING, 1_000));
        bar.show(status(RunState.RUNNING, 2_000));
        bar.show(status(RunState.COMPLETED, 4_000));
        assertThat(shown.toString(StandardCharsets.UTF_8))
                .containsOnlyOnce("\n")
                .endsWith("\n")
                .contains("\r");
    }

    @Test
    void elsewhere_there_is_no_more_than_a_line_a_second() {
        ProgressBar bar = bar(false);
        for (int rows = 0; rows < 100; rows++) {
            bar.show(status(RunState.RUNNING, rows));
        }
        bar.show(status(RunState.COMPLETED, 4_000));
        assertThat(shown.toString(StandardCharsets.UTF_8).lines())
                .hasSizeBetween(1, 2)
                .last()
                .asString()
                .contains("COMPLETED");
        assertThat(shown.toString(StandardCharsets.UTF_8)).doesNotContain("\r").doesNotContain("\u001b");
    }
}
