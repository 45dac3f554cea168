package dev.crossfade.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.crossfade.spi.Platform;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManualControlTest {
    private final ManualControl control = ManualControl.create();
    private final RecordingSink sink = new RecordingSink();

    @Test
    void opening_delivers_the_settings_in_force() {
        control.readNewPercent(12.5);
        open(sink);
        assertThat(sink.accepted).containsExactly(new Settings(Optional.empty(), OptionalInt.of(1_250), 0, false));
    }

    @Test
    void a_change_is_delivered_before_the_method_returns() {
        open(sink);
        control.readNewPercent(1);
        assertThat(sink.last().readNewBasisPoints()).hasValue(100);
        control.shadowPercent(0.01);
        assertThat(sink.last().shadowBasisPoints()).isEqualTo(1);
        control.readsToPrimary(true);
        assertThat(sink.last().readsToPrimary()).isTrue();
        control.wish(Stage.LEGACY_PRIMARY, 3);
        assertThat(sink.last().wish()).contains(new Wish(Stage.LEGACY_PRIMARY, 3L));
        control.permit(Stage.NEW_PRIMARY);
        assertThat(sink.last().wish()).contains(new Wish(Stage.NEW_PRIMARY, null));
        control.clearWish();
        assertThat(sink.last()).isEqualTo(new Settings(Optional.empty(), OptionalInt.of(100), 1, true));
        control.set(Settings.NONE);
        assertThat(sink.last()).isEqualTo(Settings.NONE).isEqualTo(control.settings());
    }

    @Test
    void what_changes_nothing_is_not_delivered_again() {
        open(sink);
        control.readNewPercent(5).readNewPercent(5).shadowPercent(0).readsToPrimary(false);
        assertThat(sink.accepted).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, 100.5, Double.NaN, 0.001})
    void a_bad_percentage_is_refused_and_changes_nothing(double percent) {
        open(sink);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> control.readNewPercent(percent))
                .withMessageContaining("choose");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> control.shadowPercent(percent))
                .withMessageContaining("choose");
        assertThat(sink.accepted).containsExactly(Settings.NONE);
    }

    @Test
    void a_revision_below_one_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> control.wish(Stage.LEGACY_PRIMARY, 0))
                .withMessageContaining("choose 1 or more");
    }

    @Test
    void one_control_feeds_several_migrations_until_each_is_closed() {
        RecordingSink other = new RecordingSink();
        open(sink);
        Control.Feed otherFeed = open(other);
        control.readNewPercent(1);
        otherFeed.close();
        control.readNewPercent(2);
        assertThat(sink.last().readNewBasisPoints()).hasValue(200);
        assertThat(other.last().readNewBasisPoints()).hasValue(100);
    }

    @Test
    void a_throwing_sink_does_not_keep_a_change_from_the_others() {
        RecordingSink other = new RecordingSink();
        open(sink);
        open(other);
        sink.failures.set(1);
        control.readNewPercent(1);
        assertThat(other.last().readNewBasisPoints()).hasValue(100);
        control.readNewPercent(1);
        assertThat(sink.last().readNewBasisPoints()).as("given again").hasValue(100);
    }

    @Test
    void a_sink_that_changes_the_control_ends_with_the_newest_settings_everywhere() {
        open(new Control.Sink() {
            @Override
            public void accept(Settings settings) {
                if (settings.readNewBasisPoints().orElse(0) > 1_000) {
                    control.readNewPercent(10);
                }
            }

            @Override
            public void reject(String reason) {}
        });
        open(sink);
        control.readNewPercent(50);
        assertThat(sink.last().readNewBasisPoints()).hasValue(1_000);
    }

    @Test
    void changes_by_many_threads_reach_all_migrations_in_one_order() throws InterruptedException {
        RecordingSink other = new RecordingSink();
        open(sink);
        open(other);
        CountDownLatch go = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            int offset = t;
            Thread thread = new Thread(() -> {
                awaitUninterrupted(go);
                for (int i = 0; i < 500; i++) {
                    control.readNewPercent((i * 4 + offset) % 101);
                }
            });
            threads.add(thread);
            thread.start();
        }
        go.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(other.accepted).isEqualTo(sink.accepted);
        assertThat(sink.last()).isEqualTo(control.settings());
        assertThat(sink.overlaps).hasValue(0);
    }

    @Test
    void a_feed_knows_no_segments() {
        Control.Feed feed = open(sink);
        assertThat(feed.isSegmented()).isFalse();
        assertThat(feed.forCaller(Settings.NONE)).isSameAs(Settings.NONE);
    }

    private Control.Feed open(Control.Sink to) {
        return control.open("orders", Platform.system(), to);
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
