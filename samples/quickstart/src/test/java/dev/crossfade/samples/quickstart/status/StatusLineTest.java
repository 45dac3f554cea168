package dev.crossfade.samples.quickstart.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;

class StatusLineTest {
    @Test
    void a_line_names_every_number_and_keeps_its_columns() {
        StatusLine line = line("LEGACY_PRIMARY", 12.5, 240);
        assertThat(line.text())
                .isEqualTo(
                        "  12s  2 up  LEGACY_PRIMARY  new  12.5%  shadow   1.0%  reads/s legacy  210 new   30  "
                                + "writes/s legacy 160 new   0  dirty   240  lag   0.3s  parked 1  match 1200  mismatch 0  fallback 2");
        assertThat(line("NEW_ONLY", 100, 0).text().indexOf("dirty"))
                .isEqualTo(line.text().indexOf("dirty"));
    }

    @Test
    void a_failed_look_is_printed_and_does_not_end_the_display() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (StatusPrinter printer = new StatusPrinter(
                () -> {
                    throw new IllegalStateException("not started");
                },
                new PrintStream(out, true, StandardCharsets.UTF_8))) {
            printer.start();
            await().until(() -> out.toString(StandardCharsets.UTF_8).split("not started", -1).length > 2);
        }
    }

    /** However busy the machine is. */
    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(60));
    }

    private static StatusLine line(String stage, double readNewPercent, long dirty) {
        return new StatusLine(
                Duration.ofMillis(12_345),
                2,
                stage,
                readNewPercent,
                1,
                new StatusLine.Rates(210, 160),
                new StatusLine.Rates(30, 0),
                dirty,
                Duration.ofMillis(340),
                1,
                1_200,
                0,
                2);
    }
}
