package dev.crossfade.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.spi.Platform;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Threads, event handlers and the end of a feed. */
class OpenFeatureLifecycleTest extends OpenFeatureFixture {
    @Test
    void close_ends_the_thread_and_all_deliveries() {
        api.setProviderAndWait(provider);
        provider.settings(Map.of("readNewPercent", 10));
        Control.Feed feed = open();
        Thread thread = provider.evaluators.iterator().next();
        eventually(() -> assertThat(thread.getState()).isEqualTo(Thread.State.WAITING));
        feed.close();
        eventually(() -> assertThat(thread.isAlive()).isFalse());
        provider.settings(Map.of("readNewPercent", 20));
        int evaluations = provider.evaluations.get();
        provider.reportChange();
        platform.advance(REFRESH.multipliedBy(3));
        feed.close();
        assertThat(provider.evaluations).hasValue(evaluations);
        assertThat(sink.accepted).containsExactly(readNew(1_000));
    }

    @Test
    void close_takes_back_its_event_handlers_and_leaves_those_of_others() {
        api.setProviderAndWait(provider);
        provider.settings(Map.of("readNewPercent", 10));
        CountingClient counting = new CountingClient(client);
        Control.Feed feed = open(OpenFeatureControl.using(counting.client()));
        eventually(() -> assertThat(counting.handlers()).hasSize(4));
        RecordingSink other = new RecordingSink();
        Control.Feed otherFeed = OpenFeatureControl.using(counting.client()).open("invoices", platform, other);
        eventually(() -> assertThat(counting.handlers()).hasSize(8));
        feed.close();
        assertThat(counting.handlers()).hasSize(4);
        provider.settings(Map.of("readNewPercent", 20));
        provider.reportChange();
        eventually(() -> assertThat(other.last()).isEqualTo(readNew(2_000)));
        otherFeed.close();
        assertThat(counting.handlers()).isEmpty();
    }

    @Test
    void close_returns_within_a_second_although_the_provider_hangs_and_nothing_is_delivered_later() {
        api.setProviderAndWait(provider);
        provider.settings(Map.of("readNewPercent", 10));
        Control.Feed feed = open();
        provider.settings = context -> {
            hangForEver();
            return ScriptedProvider.value(ScriptedProvider.object(Map.of("readNewPercent", 99)));
        };
        int before = provider.evaluations.get();
        provider.reportChange();
        eventually(() -> assertThat(provider.evaluations).hasValueGreaterThan(before + 1));
        long start = System.nanoTime();
        feed.close();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
        Thread thread = provider.evaluators.iterator().next();
        hang.countDown();
        eventually(() -> assertThat(thread.isAlive()).isFalse());
        assertThat(sink.accepted).containsExactly(readNew(1_000));
        assertThat(sink.rejected).isEmpty();
    }

    @Test
    void close_interrupts_a_provider_that_heeds_it() {
        api.setProviderAndWait(provider);
        provider.settings = context -> {
            LockSupport.parkNanos(Duration.ofHours(1).toNanos());
            return ScriptedProvider.missing();
        };
        Thread time = new Thread(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                platform.advance(Duration.ofMillis(50));
                LockSupport.parkNanos(1_000_000);
            }
        });
        time.start();
        Control.Feed feed = open();
        time.interrupt();
        feed.close();
        eventually(() -> assertThat(provider.evaluators).noneMatch(Thread::isAlive));
    }

    @Test
    void close_may_be_called_by_the_sink() {
        api.setProviderAndWait(provider);
        provider.settings(Map.of("readNewPercent", 10));
        var holder = new Object() {
            volatile Control.@Nullable Feed feed;
        };
        holder.feed = OpenFeatureControl.using(client).open("orders", platform, new Control.Sink() {
            @Override
            public void accept(Settings settings) {
                Control.Feed feed = holder.feed;
                if (feed != null) {
                    feed.close();
                }
            }

            @Override
            public void reject(String reason) {}
        });
        Thread thread = provider.evaluators.iterator().next();
        provider.settings(Map.of("readNewPercent", 20));
        provider.reportChange();
        eventually(() -> assertThat(thread.isAlive()).isFalse());
    }

    @Test
    void an_interrupt_by_a_provider_does_not_end_the_thread() {
        openHealthy();
        provider.settings = context -> {
            Thread.currentThread().interrupt();
            return ScriptedProvider.value(ScriptedProvider.object(Map.of("readNewPercent", 20)));
        };
        eventuallyByTimer(() -> assertThat(sink.last()).isEqualTo(readNew(2_000)));
        provider.settings(Map.of("readNewPercent", 30));
        eventuallyByTimer(() -> assertThat(sink.last()).isEqualTo(readNew(3_000)));
    }

    /** Fault 38, with real time: the dial jumps between 0 and 100 for hundreds of changes. */
    @Test
    void a_flapping_flag_makes_no_threads_and_the_last_value_wins() {
        openHealthy();
        for (int i = 0; i < 500; i++) {
            provider.settings(Map.of("readNewPercent", i % 2 * 100));
            provider.reportChange();
            if (i % 10 == 0) {
                LockSupport.parkNanos(1_000_000);
            }
        }
        provider.settings(Map.of("readNewPercent", 42));
        provider.reportChange();
        eventually(() -> assertThat(sink.last()).isEqualTo(readNew(4_200)));
        assertThat(platform.spawned()).hasSize(1);
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> thread.getName().startsWith("crossfade-orders"))
                .hasSize(1);
        assertThat(sink.rejected).isEmpty();
        assertThat(sink.accepted)
                .allMatch(settings -> List.of(0, 1_000, 4_200, 10_000)
                        .contains(settings.readNewBasisPoints().orElse(-1)));
    }

    @Test
    void works_with_the_platform_of_the_jvm() {
        api.setProviderAndWait(provider);
        provider.settings(Map.of("readNewPercent", 10));
        try (Control.Feed feed = OpenFeatureControl.using(client)
                .refreshEvery(Duration.ofMillis(100))
                .open("orders", Platform.system(), sink)) {
            assertThat(feed.isSegmented()).isFalse();
            assertThat(sink.last()).isEqualTo(readNew(1_000));
            provider.settings(Map.of("readNewPercent", 20));
            eventually(() -> assertThat(sink.last()).isEqualTo(readNew(2_000)));
        }
    }
}
