package dev.crossfade.samples.quickstart.flags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.ErrorCode;
import dev.openfeature.sdk.OpenFeatureAPI;
import dev.openfeature.sdk.ProviderEvent;
import dev.openfeature.sdk.ProviderState;
import dev.openfeature.sdk.Structure;
import dev.openfeature.sdk.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileFlagProviderTest {
    private static final String DOMAIN = "file-flags";
    private static final String KILL_SWITCH = "crossfade.orders.reads-to-primary";

    @TempDir
    Path folder;

    private final List<String> changes = new CopyOnWriteArrayList<>();
    private final Client client = OpenFeatureAPI.getInstance().getClient(DOMAIN);

    @AfterEach
    void shut_down() {
        OpenFeatureAPI.getInstance().shutdown();
    }

    @Test
    void flags_of_every_type_are_read_from_the_file() throws IOException {
        start("""
                {"crossfade.orders": {"stage": "LEGACY_PRIMARY", "revision": 7, "readNewPercent": 12.5},
                 "%s": true, "text": "t", "whole": 3, "half": 0.5, "none": null}
                """.formatted(KILL_SWITCH));
        Structure flag = client.getObjectValue("crossfade.orders", new Value()).asStructure();
        assertThat(flag.getValue("stage").asString()).isEqualTo("LEGACY_PRIMARY");
        assertThat(flag.getValue("revision").asInteger()).isEqualTo(7);
        assertThat(flag.getValue("readNewPercent").asDouble()).isEqualTo(12.5);
        assertThat(client.getBooleanValue(KILL_SWITCH, false)).isTrue();
        assertThat(client.getStringValue("text", "")).isEqualTo("t");
        assertThat(client.getIntegerValue("whole", 0)).isEqualTo(3);
        assertThat(client.getDoubleValue("half", 0d)).isEqualTo(0.5);
    }

    @Test
    void a_missing_flag_and_a_wrong_type_are_told_apart_and_answered_with_the_default() throws IOException {
        start("{\"text\": \"t\"}");
        assertThat(client.getBooleanDetails("missing", true).getErrorCode()).isEqualTo(ErrorCode.FLAG_NOT_FOUND);
        assertThat(client.getBooleanDetails("text", true).getErrorCode()).isEqualTo(ErrorCode.TYPE_MISMATCH);
        assertThat(client.getBooleanValue("text", true)).isTrue();
    }

    @Test
    void an_edit_is_seen_and_names_the_flags_that_changed() throws IOException {
        start("{\"a\": 1, \"b\": 1, \"c\": 1}");
        write("{\"a\": 1, \"b\": 2}");
        await().untilAsserted(() -> assertThat(changes).containsExactlyInAnyOrder("b", "c"));
        assertThat(client.getIntegerValue("b", 0)).isEqualTo(2);
    }

    @Test
    void a_half_finished_edit_keeps_the_last_good_flags_and_is_reported_until_it_is_mended() throws IOException {
        start("{\"a\": 1}");
        for (String broken : List.of("{\"a\": 2", "", "[]", "{\"a\": 2} x", "{\"a\": 2, \"a\": 3}")) {
            write(broken);
            await().until(() -> client.getProviderState() == ProviderState.STALE);
            assertThat(client.getIntegerValue("a", 0)).isEqualTo(1);
            write("{\"a\": 1}");
            await().until(() -> client.getProviderState() == ProviderState.READY);
        }
        assertThat(changes).isEmpty();
    }

    @Test
    void a_deleted_file_is_stale_and_a_new_one_heals_it() throws IOException {
        start("{\"a\": 1}");
        Files.delete(file());
        await().until(() -> client.getProviderState() == ProviderState.STALE);
        write("{\"a\": 5}");
        await().until(() -> client.getIntegerValue("a", 0) == 5);
        await().until(() -> client.getProviderState() == ProviderState.READY);
    }

    @Test
    void a_file_that_comes_late_is_found() throws IOException {
        assertThatThrownBy(this::start).hasMessageContaining("cannot be read");
        assertThat(client.getIntegerValue("a", 9)).isEqualTo(9);
        write("{\"a\": 5}");
        await().until(() -> client.getIntegerValue("a", 0) == 5);
    }

    @Test
    void writes_of_the_script_are_never_seen_in_part() throws IOException {
        FlagFile flags = new FlagFile(file());
        flags.set("n", 0);
        start();
        for (int i = 1; i <= 50; i++) {
            flags.set("crossfade.orders", Map.of("revision", i, "padding", "x".repeat(50_000)));
        }
        await().until(() -> client.getObjectValue("crossfade.orders", new Value())
                        .asStructure()
                        .getValue("revision")
                        .asInteger()
                == 50);
        assertThat(client.getProviderState()).isEqualTo(ProviderState.READY);
    }

    /** However busy the machine is. */
    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(60));
    }

    private void start(String content) throws IOException {
        write(content);
        start();
    }

    private void start() {
        client.on(ProviderEvent.PROVIDER_CONFIGURATION_CHANGED, event -> changes.addAll(event.getFlagsChanged()));
        OpenFeatureAPI.getInstance().setProviderAndWait(DOMAIN, new FileFlagProvider(file(), Duration.ofMillis(20)));
    }

    private void write(String content) throws IOException {
        Path part = folder.resolve("part");
        Files.writeString(part, content);
        Files.move(part, file(), StandardCopyOption.REPLACE_EXISTING);
    }

    private Path file() {
        return folder.resolve("flags.json");
    }
}
