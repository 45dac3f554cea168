package dev.crossfade.internal.pages;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.internal.view.WriteTimes;
import dev.crossfade.run.RunLimits;
import dev.crossfade.testing.ManualPlatform;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final Duration QUICK = Duration.ofMillis(10);
    private static final Duration SLOW = Duration.ofMillis(25);

    private final ManualPlatform platform = new ManualPlatform();
    private final WriteTimes times = new WriteTimes(platform);
    private final Pace pace = new Pace(platform, times);
    private RunLimits limits = RunLimits.DEFAULT;

    @BeforeEach
    void begin() {
        pace.begin();
    }

    /** One write after the other, until so much time has passed. */
    private void writes(Duration time, Duration each) {
        for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed.plus(each)) {
            long began = times.begin();
            platform.advance(each);
            times.end(began);
        }
        pace.look(limits);
    }

    private void settle() {
        platform.advance(limits.pageTime().multipliedBy(2));
        pace.look(limits);
    }

    private long rate() {
        return pace.bound(limits).rowsPerSecond();
    }

    /** Writes of ten milliseconds were seen, and pages may begin. */
    private void bound() {
        writes(Pace.SHORT, QUICK);
        assertThat(pace.isCalm()).isTrue();
        settle();
        writes(Pace.SHORT, QUICK);
        assertThat(pace.isCalm()).isFalse();
    }

    private void window(int rows, Duration each) {
        pace.read(rows);
        writes(each.multipliedBy(Pace.TELLING), each);
    }

    @Test
    void without_writes_pages_have_no_bound() {
        pace.look(limits);
        platform.advance(Duration.ofHours(1));
        pace.look(limits);

        assertThat(pace.isCalm()).isFalse();
        assertThat(pace.bound(limits)).isSameAs(limits);
    }

    @Test
    void so_few_writes_that_they_say_little_are_no_reason_to_wait() {
        for (int i = 0; i < 100; i++) {
            platform.advance(Duration.ofSeconds(1));
            writes(QUICK, QUICK);
            assertThat(pace.isCalm()).isFalse();
        }
        assertThat(pace.bound(limits)).isSameAs(limits);
    }

    @Test
    void as_soon_as_the_service_writes_pages_pause_to_see_what_writes_take_without_them() {
        writes(QUICK.multipliedBy(Pace.ENOUGH - 1), QUICK);
        assertThat(pace.isCalm()).isFalse();
        writes(QUICK, QUICK);
        assertThat(pace.isCalm()).isTrue();

        writes(limits.pageTime().multipliedBy(2).minus(QUICK), QUICK);
        writes(QUICK, QUICK);
        assertThat(pace.isCalm())
                .as("what pages under way have slowed down says nothing")
                .isTrue();

        writes(Pace.SHORT, QUICK);
        assertThat(pace.isCalm()).isFalse();
        assertThat(rate()).isEqualTo(Pace.FIRST);
        assertThat(pace.bound(limits).maxPage()).isEqualTo((int) Pace.FIRST / 20);
    }

    @Test
    void it_grows_by_half_until_writes_get_slow_then_halves_and_grows_by_little() {
        bound();
        window(1_000, QUICK);
        window(1_500, QUICK);
        assertThat(rate()).isEqualTo(2_250);

        window(2_250, SLOW);
        assertThat(rate()).isEqualTo(1_125);
        assertThat(pace.isCalm()).as("what has piled up is worked off first").isTrue();
        settle();
        assertThat(pace.isCalm()).isFalse();

        window(1_125, QUICK);
        window(1_237, QUICK);
        assertThat(rate()).isEqualTo(1_360);
    }

    @Test
    void where_every_other_write_is_slower_than_one_in_four_may_be_it_slows_down_at_once() {
        bound();
        writes(SLOW.multipliedBy(Pace.ENOUGH), SLOW);
        assertThat(pace.isCalm()).isTrue();
        assertThat(rate()).isEqualTo(Pace.FIRST / 2);
    }

    @Test
    void writes_that_are_a_little_slower_are_within_the_limit() {
        limits = limits.withMaxSlowdown(3);
        bound();
        window(10_000, SLOW);
        assertThat(rate()).isEqualTo(1_100);
    }

    @Test
    void where_there_are_few_writes_they_are_looked_at_together_for_longer() {
        bound();
        pace.read(50_000);
        for (int i = 0; i < Pace.ENOUGH; i++) {
            assertThat(rate()).isEqualTo(Pace.FIRST);
            platform.advance(Pace.LONG.dividedBy(Pace.ENOUGH).minus(QUICK));
            writes(QUICK, QUICK);
        }
        assertThat(rate()).isEqualTo(Pace.FIRST * 3 / 2);
    }

    @Test
    void a_pace_that_something_else_holds_back_does_not_run_away() {
        bound();
        for (int i = 0; i < 10; i++) {
            window(700, QUICK);
        }
        assertThat(rate()).isEqualTo(1_400);
    }

    @Test
    void however_slow_writes_are_some_rows_cross() {
        bound();
        for (int i = 0; i < 10; i++) {
            window(100, SLOW);
            settle();
        }
        assertThat(rate()).isEqualTo(Pace.SLOWEST);
        assertThat(pace.bound(limits).maxPage()).isPositive();
    }

    @Test
    void once_in_a_while_pages_pause_again_for_writes_may_be_slower_by_themselves() {
        bound();
        for (int i = 1; i < Pace.WINDOWS; i++) {
            window(100, SLOW);
            settle();
            assertThat(pace.isCalm()).isFalse();
        }
        window(100, SLOW);
        settle();
        assertThat(pace.isCalm()).isTrue();
        writes(SLOW.multipliedBy(Pace.TELLING), SLOW);
        assertThat(pace.isCalm()).isFalse();

        window(200, SLOW);

        assertThat(rate()).isGreaterThan(Pace.SLOWEST);
    }

    @Test
    void when_the_service_writes_no_more_the_bound_is_gone() {
        bound();
        platform.advance(Pace.LONG);
        pace.look(limits);
        assertThat(pace.bound(limits)).isSameAs(limits);
    }

    @Test
    void when_it_writes_again_pages_pause_and_begin_slowly_once_more() {
        bound();
        window(1_000, QUICK);
        platform.advance(Pace.LONG);
        pace.look(limits);

        bound();

        assertThat(rate()).isEqualTo(Pace.FIRST);
    }

    @Test
    void that_few_writes_end_because_they_are_slow_is_no_silence() {
        bound();
        long hanging = times.begin();
        platform.advance(Pace.LONG);
        pace.look(limits);
        assertThat(rate()).isEqualTo(Pace.FIRST / 2);
        settle();

        times.end(hanging);
        platform.advance(Pace.LONG);
        pace.look(limits);
        assertThat(pace.bound(limits)).isSameAs(limits);
    }

    @Test
    void where_writes_hang_even_without_pages_those_go_on_as_slowly_as_they_may() {
        bound();
        long hanging = times.begin();
        for (int i = 0; i < Pace.WINDOWS; i++) {
            platform.advance(Pace.LONG);
            pace.look(limits);
            settle();
        }
        assertThat(pace.isCalm()).isTrue();

        platform.advance(Pace.LONG);
        pace.look(limits);

        assertThat(pace.isCalm()).isFalse();
        assertThat(rate()).isEqualTo(Pace.SLOWEST);
        times.end(hanging);
    }

    @Test
    void who_does_not_care_for_writes_says_so_even_while_it_runs() {
        bound();
        limits = limits.withMaxSlowdown(Double.POSITIVE_INFINITY);
        pace.look(limits);
        assertThat(pace.bound(limits)).isSameAs(limits);
        writes(Pace.LONG, SLOW);
        assertThat(pace.isCalm()).isFalse();
    }

    @Test
    void a_tighter_limit_of_rows_a_second_stays() {
        bound();
        limits = limits.withRowsPerSecond(300);
        assertThat(pace.bound(limits)).isSameAs(limits);
    }

    @Test
    void nobody_looks_at_the_clock_before_and_after() {
        assertThat(times.begin()).isNotZero();
        bound();
        pace.end();
        pace.end();
        assertThat(times.begin()).isZero();
        assertThat(pace.bound(limits)).isSameAs(limits);

        pace.begin();
        assertThat(times.begin()).isNotZero();
        bound();
        assertThat(rate()).isEqualTo(Pace.FIRST);
    }
}
