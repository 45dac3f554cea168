package dev.crossfade.samples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class QuickstartTest {

    @Test
    void two_instances_walk_through_every_stage_and_back_one_is_killed_and_nothing_is_lost() throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

        boolean clean = new Quickstart(2_000, Duration.ofMillis(300), out).run();

        assertThat(clean).as(printed.toString(StandardCharsets.UTF_8)).isTrue();
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains(
                        "instance b is killed in the middle of its work",
                        "instance a has refreshed all keys that were dirty then",
                        "instance b is started again and finds the stage in the databases: LEGACY_PRIMARY",
                        "the end: the new side alone",
                        "LEGACY_PRIMARY to NEW_PRIMARY",
                        "NEW_PRIMARY to LEGACY_PRIMARY",
                        "acknowledged writes missing            0",
                        "Nothing is lost, nothing differs.");
        assertThat(ProcessHandle.current().children())
                .as("the process of each instance has ended")
                .noneMatch(ProcessHandle::isAlive);
    }
}
