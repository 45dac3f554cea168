package dev.crossfade.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openfeature.sdk.ErrorCode;
import dev.openfeature.sdk.EvaluationContext;
import dev.openfeature.sdk.ProviderEvaluation;
import dev.openfeature.sdk.ProviderEventDetails;
import dev.openfeature.sdk.Value;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a flag service does wrong: the last good settings stay, and the reason carries no value. */
class OpenFeatureFailureTest extends OpenFeatureFixture {
    interface Script extends Function<EvaluationContext, ProviderEvaluation<?>> {}

    private static Arguments script(String name, Script script) {
        return Arguments.of(name, script);
    }

    static Stream<Arguments> badSettings() {
        return Stream.of(
                script("missing", c -> ScriptedProvider.missing()),
                script(
                        "disabled",
                        c -> ScriptedProvider.disabled(ScriptedProvider.object(Map.of("readNewPercent", 99)))),
                script("general error", c -> ScriptedProvider.error(ErrorCode.GENERAL)),
                script("not ready", c -> ScriptedProvider.error(ErrorCode.PROVIDER_NOT_READY)),
                script("fatal", c -> ScriptedProvider.error(ErrorCode.PROVIDER_FATAL)),
                script("exception", c -> {
                    throw new IllegalStateException("CANARY");
                }),
                script("error", c -> {
                    throw new NoClassDefFoundError("CANARY");
                }),
                script("nothing", c -> nothing()),
                script("null", c -> ProviderEvaluation.<Value>builder().build()),
                script("text", c -> ScriptedProvider.value("CANARY")),
                script("boolean in a value", c -> ScriptedProvider.value(new Value(true))),
                script("list", c -> ScriptedProvider.value(new Value(List.of(new Value("CANARY"))))),
                script("150 %", c -> ScriptedProvider.value(ScriptedProvider.object(Map.of("readNewPercent", 150)))),
                script(
                        "NaN",
                        c -> ScriptedProvider.value(ScriptedProvider.object(Map.of("readNewPercent", Double.NaN)))),
                script("negative", c -> ScriptedProvider.value(ScriptedProvider.object(Map.of("shadowPercent", -1)))),
                script(
                        "unknown stage",
                        c -> ScriptedProvider.value(
                                ScriptedProvider.object(Map.of("stage", "CANARY", "readNewPercent", 99)))),
                script(
                        "unknown field",
                        c -> ScriptedProvider.value(
                                ScriptedProvider.object(Map.of("CANARY", 1, "readNewPercent", 99)))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badSettings")
    void bad_settings_leave_the_last_good_ones_and_do_not_keep_the_kill_switch_away(String name, Script bad) {
        openHealthy();
        provider.settings = bad;
        provider.reportChange();
        eventually(() -> assertThat(sink.rejected).anyMatch(reason -> reason.startsWith("Flag 'crossfade.orders' ")));
        assertThat(sink.accepted).containsExactly(readNew(1_000));

        provider.killSwitch(true);
        provider.reportChange();
        eventually(() -> assertThat(sink.last()).isEqualTo(readNew(1_000).withReadsToPrimary(true)));
        provider.killSwitch(false);
        provider.reportChange();
        eventually(() -> assertThat(sink.last()).isEqualTo(readNew(1_000)));
        assertThat(sink.accepted).hasSize(3);

        provider.settings(Map.of("readNewPercent", 20));
        provider.reportChange();
        eventually(() -> assertThat(sink.last()).isEqualTo(readNew(2_000)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badSettings")
    void before_the_first_good_settings_only_a_kill_switch_is_delivered(String name, Script bad) {
        api.setProviderAndWait(provider);
        provider.settings = bad;
        openWhileTimePasses();
        assertThat(sink.accepted).isEmpty();
        assertThat(sink.rejected).isNotEmpty();

        provider.killSwitch(true);
        provider.reportChange();
        eventually(() -> assertThat(sink.accepted).containsExactly(Settings.NONE.withReadsToPrimary(true)));
        provider.killSwitch(false);
        provider.reportChange();
        eventually(() -> assertThat(sink.last()).isEqualTo(Settings.NONE));
    }

    static Stream<Arguments> badKillSwitches() {
        return badSettings().filter(each -> !List.of("missing", "disabled").contains(each.get()[0]));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badKillSwitches")
    void a_bad_kill_switch_stays_as_it_was_and_does_not_keep_settings_away(String name, Script bad) {
        openHealthy();
        provider.killSwitch = bad;
        provider.settings(Map.of("readNewPercent", 20));
        provider.reportChange();
        eventually(() -> assertThat(sink.last()).isEqualTo(readNew(2_000)));
        provider.killSwitch(true);
        provider.reportChange();
        eventually(() -> assertThat(sink.last()).isEqualTo(readNew(2_000).withReadsToPrimary(true)));
        provider.killSwitch = bad;
        provider.settings(Map.of("readNewPercent", 30));
        provider.reportChange();
        eventually(() -> assertThat(sink.last()).isEqualTo(readNew(3_000).withReadsToPrimary(true)));
        assertThat(sink.rejected).anyMatch(reason -> reason.startsWith("Flag 'crossfade.orders.reads-to-primary' "));
    }

    @Test
    void a_kill_switch_that_never_existed_is_off_and_no_mistake() {
        openHealthy();
        refreshOnce();
        assertThat(sink.rejected).isEmpty();
    }

    @Test
    void a_kill_switch_that_is_removed_while_on_stays_on() {
        for (Script removal : List.<Script>of(
                c -> ScriptedProvider.missing(),
                c -> ScriptedProvider.disabled(false),
                c -> ScriptedProvider.value(null))) {
            provider.killSwitch(true);
            if (sink.accepted.isEmpty()) {
                openHealthyOnPrimary();
            }
            refreshOnce();
            int before = sink.rejected.size();
            provider.killSwitch = removal;
            refreshOnce();
            assertThat(sink.last().readsToPrimary()).isTrue();
            assertThat(List.copyOf(sink.rejected).stream().skip(before))
                    .anyMatch(reason -> reason.startsWith("Flag 'crossfade.orders.reads-to-primary' "));
        }
    }

    @Test
    void a_provider_without_an_opinion_on_the_kill_switch_leaves_it_on() {
        provider.killSwitch(true);
        openHealthyOnPrimary();
        provider.killSwitchAnswersDefault = true;
        refreshOnce();
        assertThat(sink.last().readsToPrimary()).isTrue();
    }

    @Test
    void an_episode_of_rejections_ends_with_a_confirmation_although_nothing_changed() {
        openHealthy();
        provider.settings = c -> ScriptedProvider.error(ErrorCode.GENERAL);
        refreshOnce();
        eventually(() -> assertThat(sink.rejected).isNotEmpty());
        int before = sink.confirmed.get();
        refreshOnce();
        assertThat(sink.confirmed).hasValue(before);
        provider.settings(Map.of("readNewPercent", 10));
        eventuallyByTimer(() -> assertThat(sink.confirmed).hasValueGreaterThan(before));
        assertThat(sink.accepted).hasSize(1);
    }

    @Test
    void a_provider_down_at_start_that_recovers_is_used() {
        api.setProvider(provider);
        provider.settings = c -> ScriptedProvider.error(ErrorCode.GENERAL);
        open();
        provider.settings(Map.of("readNewPercent", 10));
        eventuallyByTimer(() -> assertThat(sink.accepted).containsExactly(readNew(1_000)));
    }

    @Test
    void opening_gives_up_on_a_provider_that_is_never_ready_after_two_seconds() {
        openWhileTimePasses();
        assertThat(sink.accepted).isEmpty();
        eventually(() -> assertThat(sink.rejected).anyMatch(reason -> reason.contains("not ready")));
        assertThat(sink.rejected).anyMatch(reason -> reason.contains("within 2000 ms"));
    }

    @Test
    void opening_gives_up_on_a_provider_that_hangs_and_takes_what_it_says_in_the_end() {
        api.setProviderAndWait(provider);
        provider.settings = c -> {
            hangForEver();
            return ScriptedProvider.value(ScriptedProvider.object(Map.of("readNewPercent", 40)));
        };
        openWhileTimePasses();
        assertThat(sink.accepted).isEmpty();
        assertThat(sink.rejected)
                .containsExactly(
                        "The flag provider gave no settings within 2000 ms; they come into force as soon as it does");
        platform.advance(Duration.ofSeconds(30));
        hang.countDown();
        eventually(() -> assertThat(sink.accepted).containsExactly(readNew(4_000)));
        eventually(() -> assertThat(sink.rejected).anyMatch(reason -> reason.contains("ms to answer")));
    }

    @Test
    void events_of_an_ailing_provider_change_nothing_by_themselves() {
        openHealthy();
        for (int i = 0; i < 20; i++) {
            provider.emitProviderError(ProviderEventDetails.builder()
                    .errorCode(ErrorCode.GENERAL)
                    .message("CANARY")
                    .build());
            provider.emitProviderStale(ProviderEventDetails.builder().build());
        }
        refreshOnce();
        assertThat(sink.accepted).containsExactly(readNew(1_000));
    }

    @Test
    void a_throwing_sink_gets_the_settings_again_and_the_thread_lives_on() {
        openHealthy();
        sink.failures.set(3);
        provider.settings(Map.of("readNewPercent", 20));
        eventuallyByTimer(() -> assertThat(sink.last()).isEqualTo(readNew(2_000)));
        assertThat(sink.failures).hasValue(0);
        provider.settings(Map.of("readNewPercent", 30));
        eventuallyByTimer(() -> assertThat(sink.last()).isEqualTo(readNew(3_000)));
    }

    private void openHealthyOnPrimary() {
        api.setProviderAndWait(provider);
        provider.settings(Map.of("readNewPercent", 10));
        open();
        assertThat(sink.last()).isEqualTo(readNew(1_000).withReadsToPrimary(true));
    }

    /** Opens while another thread moves time, for what needs the two seconds to pass. */
    private void openWhileTimePasses() {
        Thread time = new Thread(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                platform.advance(Duration.ofMillis(50));
                LockSupport.parkNanos(1_000_000);
            }
        });
        time.start();
        try {
            open();
        } finally {
            time.interrupt();
        }
    }

    @SuppressWarnings("NullAway")
    private static ProviderEvaluation<?> nothing() {
        return null;
    }
}
