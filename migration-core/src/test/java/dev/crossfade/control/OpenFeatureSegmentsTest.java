package dev.crossfade.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.crossfade.CallScope;
import dev.openfeature.sdk.EvaluationContext;
import dev.openfeature.sdk.ImmutableContext;
import dev.openfeature.sdk.ProviderEvaluation;
import dev.openfeature.sdk.Value;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Dials that differ by the caller's attributes. */
@SuppressWarnings("try") // scopes are opened for their effect
class OpenFeatureSegmentsTest extends OpenFeatureFixture {
    private static final Settings BASE =
            new Settings(Optional.of(new Wish(Stage.LEGACY_PRIMARY, 7L)), OptionalInt.of(1_000), 100, false);

    /** What the provider says for region "eu"; everybody else gets 10 %. */
    private volatile ProviderEvaluation<?> europe = percent(50);

    @BeforeEach
    void targetByRegion() {
        api.setProviderAndWait(provider);
        provider.settings = context -> "eu".equals(region(context)) ? europe : percent(10);
    }

    @Test
    void a_new_segment_gets_the_base_first_and_its_own_settings_soon_after() {
        Control.Feed feed = openByRegion();
        try (CallScope.Opened scope = region("eu")) {
            assertThat(feed.forCaller(BASE)).isSameAs(BASE);
            eventually(
                    () -> assertThat(feed.forCaller(BASE).readNewBasisPoints()).hasValue(5_000));
        }
        assertThat(feed.isSegmented()).isTrue();
        assertThat(provider.evaluators).hasSize(1);
    }

    @Test
    void a_caller_without_the_named_attributes_gets_the_base() {
        Control.Feed feed = openByRegion();
        assertThat(feed.forCaller(BASE)).isSameAs(BASE);
        try (CallScope.Opened scope =
                CallScope.subject("user-42").with("colour", "red").open()) {
            assertThat(feed.forCaller(BASE)).isSameAs(BASE);
        }
        refreshOnce();
        assertThat(provider.contexts).allMatch(context -> context.asMap().isEmpty());
    }

    @Test
    void only_named_attributes_reach_the_provider_and_never_the_subject() {
        Control.Feed feed = open(OpenFeatureControl.using(client)
                .segmentedBy("region", "tier")
                .contextFrom(() -> new ImmutableContext(
                        "service", Map.of("region", new Value("nowhere"), "environment", new Value("test")))));
        try (CallScope.Opened scope = CallScope.subject("user-42")
                .with("region", "eu")
                .with("colour", "red")
                .open()) {
            eventually(
                    () -> assertThat(feed.forCaller(BASE).readNewBasisPoints()).hasValue(5_000));
        }
        assertThat(provider.contexts)
                .filteredOn(context -> "eu".equals(region(context)))
                .singleElement()
                .satisfies(context -> {
                    assertThat(context.asMap()).containsOnlyKeys("region", "environment", "targetingKey");
                    assertThat(context.getTargetingKey()).isEqualTo("service");
                });
    }

    @Test
    void a_change_reaches_segments_by_event_and_by_timer() {
        Control.Feed feed = openByRegion();
        try (CallScope.Opened scope = region("eu")) {
            eventually(
                    () -> assertThat(feed.forCaller(BASE).readNewBasisPoints()).hasValue(5_000));
            europe = percent(60);
            provider.reportChange();
            eventually(
                    () -> assertThat(feed.forCaller(BASE).readNewBasisPoints()).hasValue(6_000));
            europe = percent(70);
            eventuallyByTimer(
                    () -> assertThat(feed.forCaller(BASE).readNewBasisPoints()).hasValue(7_000));
        }
    }

    @Test
    void the_kill_switch_of_the_base_wins_at_once_and_its_wish_always() {
        Control.Feed feed = openByRegion();
        europe = ScriptedProvider.value(
                ScriptedProvider.object(Map.of("stage", "NEW_ONLY", "revision", 99, "readNewPercent", 50)));
        try (CallScope.Opened scope = region("eu")) {
            Settings expected = new Settings(BASE.wish(), OptionalInt.of(5_000), 0, false);
            eventually(() -> assertThat(feed.forCaller(BASE)).isEqualTo(expected));
            assertThat(feed.forCaller(BASE.withReadsToPrimary(true))).isEqualTo(expected.withReadsToPrimary(true));
            assertThat(feed.forCaller(BASE)).isEqualTo(expected);
        }
    }

    @Test
    void the_kill_switch_may_be_turned_on_for_one_segment() {
        Control.Feed feed = openByRegion();
        provider.killSwitch = context -> ScriptedProvider.value("eu".equals(region(context)));
        try (CallScope.Opened scope = region("eu")) {
            eventually(() -> assertThat(feed.forCaller(BASE).readsToPrimary()).isTrue());
        }
        assertThat(sink.last().readsToPrimary()).isFalse();
    }

    @Test
    void a_bad_evaluation_leaves_the_segment_its_last_good_settings_and_else_the_base() {
        europe = percent(150);
        Control.Feed feed = openByRegion();
        try (CallScope.Opened scope = region("eu")) {
            assertThat(feed.forCaller(BASE)).isSameAs(BASE);
            eventually(() -> assertThat(sink.rejected).anyMatch(reason -> reason.endsWith("(for a segment)")));
            assertThat(feed.forCaller(BASE)).isEqualTo(BASE);
            europe = percent(50);
            eventuallyByTimer(
                    () -> assertThat(feed.forCaller(BASE).readNewBasisPoints()).hasValue(5_000));
            int before = sink.rejected.size();
            europe = percent(150);
            eventuallyByTimer(() -> assertThat(sink.rejected).hasSizeGreaterThan(before));
            assertThat(feed.forCaller(BASE).readNewBasisPoints()).hasValue(5_000);
        }
    }

    @Test
    void segments_are_bounded_and_every_caller_is_answered() {
        Control.Feed feed = openByRegion();
        for (int i = 0; i < 5_000; i++) {
            try (CallScope.Opened scope = region("region-" + i)) {
                assertThat(feed.forCaller(BASE)).isSameAs(BASE);
            }
        }
        assertThat(((FlagFeed) feed).segmentCount()).isLessThanOrEqualTo(1_000);
        try (CallScope.Opened scope = region("eu")) {
            eventually(
                    () -> assertThat(feed.forCaller(BASE).readNewBasisPoints()).hasValue(5_000));
        }
    }

    @Test
    void a_segment_that_nobody_calls_is_forgotten_although_it_is_refreshed() {
        Control.Feed feed = openByRegion();
        try (CallScope.Opened scope = region("eu")) {
            eventually(
                    () -> assertThat(feed.forCaller(BASE).readNewBasisPoints()).hasValue(5_000));
        }
        assertThat(((FlagFeed) feed).segmentCount()).isOne();
        for (int i = 0; i < 11; i++) {
            platform.advance(Duration.ofMinutes(1));
            refreshOnce();
        }
        assertThat(((FlagFeed) feed).segmentCount()).isZero();
    }

    @Test
    void a_kill_switch_does_not_wait_for_hundreds_of_slow_segments() {
        Control.Feed feed = openByRegion();
        AtomicInteger evaluated = new AtomicInteger();
        AtomicInteger evaluatedBeforeKill = new AtomicInteger();
        provider.killSwitch = context -> {
            boolean on = evaluated.get() >= 3;
            if (on && region(context) == null) {
                evaluatedBeforeKill.compareAndSet(0, evaluated.get());
            }
            return ScriptedProvider.value(on);
        };
        provider.settings = context -> {
            if (region(context) != null && evaluated.incrementAndGet() == 3) {
                platform.advance(REFRESH); // the next refresh of the base is due while segments wait
            }
            return percent(10);
        };
        for (int i = 0; i < 500; i++) {
            try (CallScope.Opened scope = region("region-" + i)) {
                feed.forCaller(BASE);
            }
        }
        eventually(() -> assertThat(sink.last().readsToPrimary()).isTrue());
        eventually(() -> assertThat(evaluated).hasValueGreaterThan(500));
        assertThat(evaluatedBeforeKill).hasValue(3);
    }

    @Test
    void a_lookup_allocates_little_and_evaluates_nothing() {
        Control.Feed feed = openByRegion();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (CallScope.Opened scope = region("eu")) {
            eventually(
                    () -> assertThat(feed.forCaller(BASE).readNewBasisPoints()).hasValue(5_000));
            int rounds = 100_000;
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < rounds; i++) {
                assertSame(feed.forCaller(BASE), feed.forCaller(BASE));
            }
            long bytes = (threads.getCurrentThreadAllocatedBytes() - before) / rounds / 2;
            assertThat(bytes).isLessThan(100);
            assertThat(provider.evaluators).doesNotContain(Thread.currentThread());
        }
    }

    private Control.Feed openByRegion() {
        return open(OpenFeatureControl.using(client).segmentedBy("region"));
    }

    private static void assertSame(Settings left, Settings right) {
        if (left != right) {
            throw new AssertionError("Two answers for the same caller, base and flag");
        }
    }

    private static CallScope.Opened region(String region) {
        return CallScope.attributes(Map.of("region", region)).open();
    }

    private static @Nullable String region(EvaluationContext context) {
        Value region = context.getValue("region");
        return region == null ? null : region.asString();
    }

    private static ProviderEvaluation<?> percent(int percent) {
        return ScriptedProvider.value(ScriptedProvider.object(Map.of("readNewPercent", percent)));
    }
}
