package dev.crossfade.internal.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.crossfade.internal.view.WriteTimes.Seen;
import dev.crossfade.testing.ManualPlatform;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class WriteTimesTest {
    private final ManualPlatform platform = new ManualPlatform();
    private final WriteTimes times = new WriteTimes(platform);

    private void took(long nanos) {
        long began = times.begin();
        platform.advance(Duration.ofNanos(nanos));
        times.end(began);
    }

    @Test
    void nothing_is_noted_while_nobody_listens() {
        Seen before = times.look();
        took(1_000);
        times.listen();
        times.listen();
        took(1_000);
        times.leave();
        took(1_000);
        times.leave();
        took(1_000);

        assertThat(times.look().since(before)).isEqualTo(2);
    }

    @Test
    void what_has_begun_is_under_way_until_it_ends() {
        long unheard = times.begin();
        times.listen();
        long heard = times.begin();
        assertThat(times.isAnyUnderWay()).isTrue();
        times.leave();
        times.end(heard);
        times.end(unheard);
        assertThat(times.isAnyUnderWay()).isFalse();
    }

    @Test
    void quantiles_are_known_to_an_eighth_whatever_the_times() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        times.listen();
        took(5_000_000);
        Seen before = times.look();
        long[] all = random.longs(10_000, 0, 60)
                .map(power -> 1 + (random.nextLong() >>> (64 - power)) % 1_000_000_000_000L)
                .map(nanos -> Math.max(8, Math.abs(nanos)))
                .toArray();
        for (long nanos : all) {
            took(nanos);
        }
        Arrays.sort(all);

        Seen now = times.look();

        assertThat(now.since(before)).isEqualTo(all.length);
        for (double share : new double[] {0.05, 0.5, 0.95, 0.99}) {
            double exact = all[(int) (share * all.length) - 1];
            assertThat(now.quantileSince(before, share)).isCloseTo(exact, Percentage.withPercentage(13));
        }
    }

    @Test
    void without_a_write_there_is_no_quantile() {
        Seen before = times.look();
        assertThat(times.look().quantileSince(before, 0.95)).isZero();
    }

    @Test
    void times_at_the_ends_of_the_scale_are_counted() {
        times.listen();
        Seen before = times.look();
        took(0);
        took(Long.MAX_VALUE / 2);
        assertThat(times.look().since(before)).isEqualTo(2);
        assertThat(times.look().quantileSince(before, 0.5)).isEqualTo(8, within(1.0));
    }
}
