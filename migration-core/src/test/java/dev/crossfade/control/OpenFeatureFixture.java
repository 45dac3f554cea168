package dev.crossfade.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.crossfade.testing.ManualPlatform;
import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;

/** An isolated OpenFeature API with a scripted provider, hand-driven time, and feeds that are closed at the end. */
abstract class OpenFeatureFixture {
    static final Duration REFRESH = Duration.ofSeconds(5);

    final OpenFeatureAPI api = OpenFeatureAPI.createIsolated();
    final Client client = api.getClient();
    final ScriptedProvider provider = new ScriptedProvider();
    final ManualPlatform platform = new ManualPlatform();
    final RecordingSink sink = new RecordingSink();

    /** Opened at the end, so that no simulated hang outlives its test. */
    final CountDownLatch hang = new CountDownLatch(1);

    private final List<Control.Feed> feeds = new ArrayList<>();

    @AfterEach
    void close() {
        hang.countDown();
        feeds.forEach(Control.Feed::close);
        api.shutdown();
        assertThat(sink.overlaps).as("calls of the sink at the same time").hasValue(0);
        assertThat(sink.rejected).noneMatch(reason -> reason.contains("CANARY"));
    }

    Control.Feed open() {
        return open(OpenFeatureControl.using(client));
    }

    Control.Feed open(OpenFeatureControl control) {
        Control.Feed feed = control.open("orders", platform, sink);
        feeds.add(feed);
        return feed;
    }

    void openHealthy() {
        api.setProviderAndWait(provider);
        provider.settings(Map.of("readNewPercent", 10));
        open();
        assertThat(sink.last().readNewBasisPoints()).hasValue(1_000);
        eventually(() -> assertThat(sink.confirmed).hasPositiveValue());
    }

    /** Moves time by one interval until the assertion holds. */
    void eventuallyByTimer(ThrowingRunnable assertion) {
        await().pollInSameThread().pollInterval(Duration.ofMillis(5)).untilAsserted(() -> {
            platform.advance(REFRESH);
            assertion.run();
        });
    }

    static void eventually(ThrowingRunnable assertion) {
        await().pollInSameThread().pollInterval(Duration.ofMillis(2)).untilAsserted(assertion);
    }

    /** Lets one more refresh end, whatever comes of it. */
    void refreshOnce() {
        int before = provider.evaluations.get();
        // Two flags each: of four evaluations begun since, at least one whole refresh is over.
        eventuallyByTimer(() -> assertThat(provider.evaluations.get()).isGreaterThanOrEqualTo(before + 4));
    }

    void hangForEver() {
        boolean released = false;
        while (!released) {
            try {
                hang.await();
                released = true;
            } catch (InterruptedException e) {
                // A provider that ignores interrupts.
            }
        }
    }

    static Settings readNew(int basisPoints) {
        return new Settings(Optional.empty(), OptionalInt.of(basisPoints), 0, false);
    }
}
