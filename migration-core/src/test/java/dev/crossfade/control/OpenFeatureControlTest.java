package dev.crossfade.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

import dev.crossfade.CallScope;
import dev.openfeature.sdk.ImmutableContext;
import dev.openfeature.sdk.Value;
import dev.openfeature.sdk.providers.memory.Flag;
import dev.openfeature.sdk.providers.memory.InMemoryProvider;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a healthy flag service leads to. */
@SuppressWarnings("try") // scopes are opened for their effect
class OpenFeatureControlTest extends OpenFeatureFixture {
    @Test
    void opening_delivers_what_the_flag_says() {
        api.setProviderAndWait(new InMemoryProvider(Map.of(
                "crossfade.orders",
                inMemory(ScriptedProvider.object(Map.of(
                        "stage", "LEGACY_PRIMARY", "revision", 7, "readNewPercent", 12.5, "shadowPercent", 1))))));
        open();
        assertThat(sink.accepted)
                .containsExactly(new Settings(
                        Optional.of(new Wish(Stage.LEGACY_PRIMARY, 7L)), OptionalInt.of(1_250), 100, false));
        assertThat(sink.rejected).isEmpty();
    }

    @Test
    void a_change_in_the_provider_is_delivered_without_the_timer() {
        InMemoryProvider memory = new InMemoryProvider(new HashMap<>(Map.of(
                "crossfade.orders", inMemory(ScriptedProvider.object(Map.of("readNewPercent", 1))),
                "crossfade.orders.reads-to-primary", inMemory(false))));
        api.setProviderAndWait(memory);
        open();
        memory.updateFlag("crossfade.orders", inMemory(ScriptedProvider.object(Map.of("readNewPercent", 2))));
        eventually(() -> assertThat(sink.last()).isEqualTo(readNew(200)));
        memory.updateFlag("crossfade.orders.reads-to-primary", inMemory(true));
        eventually(() -> assertThat(sink.last()).isEqualTo(readNew(200).withReadsToPrimary(true)));
        memory.updateFlag("crossfade.orders.reads-to-primary", inMemory(false));
        eventually(() -> assertThat(sink.last()).isEqualTo(readNew(200)));
    }

    @Test
    void a_change_whose_event_was_lost_is_found_by_the_timer() {
        openHealthy();
        provider.settings(Map.of("readNewPercent", 20));
        eventuallyByTimer(() -> assertThat(sink.last()).isEqualTo(readNew(2_000)));
    }

    @Test
    void nothing_is_evaluated_before_the_time_is_over() {
        openHealthy();
        provider.settings(Map.of("readNewPercent", 20));
        refreshOnce();
        int before = provider.evaluations.get();
        platform.advance(REFRESH.minusNanos(1));
        provider.killSwitch(true);
        provider.reportChange(); // this refresh comes after whatever the advance had led to
        eventually(() -> assertThat(sink.last().readsToPrimary()).isTrue());
        assertThat(provider.evaluations.get()).isLessThanOrEqualTo(before + 4);
    }

    @Test
    void equal_settings_are_delivered_once_and_confirmed_each_time() {
        openHealthy();
        int before = sink.confirmed.get();
        refreshOnce();
        refreshOnce();
        eventually(() -> assertThat(sink.confirmed).hasValueGreaterThanOrEqualTo(before + 2));
        assertThat(sink.accepted).hasSize(1);
    }

    @Test
    void only_the_control_thread_evaluates() {
        openHealthy();
        provider.reportChange();
        refreshOnce();
        assertThat(provider.evaluators)
                .extracting(Thread::getName, Thread::isDaemon)
                .containsExactly(tuple("crossfade-orders-control", true));
        assertThat(platform.spawned()).containsExactly("crossfade-orders-control");
    }

    @Test
    void a_provider_that_becomes_ready_later_is_waited_for() {
        provider.settings(Map.of("readNewPercent", 10));
        provider.initialization = this::hangForEver;
        api.setProvider(provider);
        Thread release = new Thread(hang::countDown);
        release.start();
        open();
        assertThat(sink.accepted).containsExactly(readNew(1_000));
    }

    @Test
    void a_provider_that_replaces_another_is_heard() {
        openHealthy();
        ScriptedProvider next = new ScriptedProvider();
        next.settings(Map.of("readNewPercent", 30));
        api.setProviderAndWait(next);
        eventually(() -> assertThat(sink.last()).isEqualTo(readNew(3_000)));
    }

    @Test
    void the_kill_switch_is_seen_off_only_with_the_settings_that_came_before_it() {
        openHealthy();
        provider.killSwitch(true);
        provider.reportChange();
        eventually(() -> assertThat(sink.last().readsToPrimary()).isTrue());
        provider.settings(Map.of("readNewPercent", 0));
        provider.killSwitch(false);
        provider.reportChange();
        eventually(() -> assertThat(sink.last()).isEqualTo(readNew(0)));
        assertThat(sink.accepted.subList(1, sink.accepted.size()))
                .doesNotContain(readNew(1_000))
                .doesNotHaveDuplicates();
    }

    @Test
    void the_kill_switch_does_not_wait_for_the_settings() {
        openHealthy();
        provider.settings = context -> {
            hangForEver();
            return ScriptedProvider.missing();
        };
        provider.killSwitch(true);
        provider.reportChange();
        eventually(() -> assertThat(sink.last()).isEqualTo(readNew(1_000).withReadsToPrimary(true)));
    }

    @Test
    void the_context_comes_from_the_supplier_and_never_from_the_subject() {
        api.setProviderAndWait(provider);
        provider.settings(Map.of("readNewPercent", 10));
        try (CallScope.Opened scope =
                CallScope.subject("user-42").with("region", "eu").open()) {
            open(OpenFeatureControl.using(client)
                    .contextFrom(() -> new ImmutableContext("service", Map.of("environment", new Value("test")))));
        }
        assertThat(provider.contexts).singleElement().satisfies(context -> {
            assertThat(context.getTargetingKey()).isEqualTo("service");
            assertThat(context.getValue("environment").asString()).isEqualTo("test");
            assertThat(context.asMap()).doesNotContainKeys("region", "subject");
        });
    }

    @Test
    void a_context_that_cannot_be_had_leaves_the_one_before() {
        api.setProviderAndWait(provider);
        provider.settings(Map.of("readNewPercent", 10));
        provider.killSwitch = context -> ScriptedProvider.value("test".equals(context.getTargetingKey()));
        AtomicBoolean failing = new AtomicBoolean();
        open(OpenFeatureControl.using(client).contextFrom(() -> {
            if (failing.get()) {
                throw new IllegalStateException("CANARY");
            }
            return new ImmutableContext("test");
        }));
        failing.set(true);
        refreshOnce();
        eventually(() -> assertThat(sink.rejected).anyMatch(reason -> reason.contains("contextFrom")));
        assertThat(sink.last()).isEqualTo(readNew(1_000).withReadsToPrimary(true));
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 99, 3_600_001})
    void an_interval_out_of_range_is_refused(long millis) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OpenFeatureControl.using(client).refreshEvery(Duration.ofMillis(millis)))
                .withMessageContaining("choose PT0.1S to PT1H (default PT5S)");
    }

    @Test
    void names_of_attributes_are_checked() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OpenFeatureControl.using(client).segmentedBy("region", " "));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OpenFeatureControl.using(client).segmentedBy("region", "region"));
    }

    private static <T> Flag<T> inMemory(T value) {
        return Flag.<T>builder().variant("only", value).defaultVariant("only").build();
    }
}
