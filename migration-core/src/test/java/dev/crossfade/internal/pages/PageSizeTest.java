package dev.crossfade.internal.pages;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.backfill.BackfillLimits;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PageSizeTest {
    private final PageSize size = new PageSize();
    private BackfillLimits limits = BackfillLimits.DEFAULT;

    private void took(Duration time) {
        size.took(size.next(limits), time.toNanos(), limits);
    }

    @Test
    void pages_grow_until_the_slower_store_takes_the_page_time() {
        long microsPerRow = 100;
        for (int i = 0; i < 20; i++) {
            took(Duration.ofNanos(size.next(limits) * microsPerRow * 1_000));
        }
        assertThat(size.next(limits)).isBetween(4_900, 5_100);
    }

    @Test
    void pages_at_least_halve_where_a_store_slows_down() {
        took(Duration.ofSeconds(10));
        assertThat(size.next(limits)).isEqualTo(125);
    }

    @Test
    void a_short_page_at_the_end_of_a_range_makes_no_page_longer() {
        size.took(3, 1, limits);
        assertThat(size.next(limits)).isEqualTo(500);
    }

    @Test
    void the_largest_page_and_the_rows_a_second_are_heeded_at_once() {
        limits = limits.withMaxPage(70);
        assertThat(size.next(limits)).isEqualTo(70);
        limits = limits.withRowsPerSecond(40);
        assertThat(size.next(limits)).isEqualTo(40);
    }

    @Test
    void failed_pages_become_smaller_down_to_one_row() {
        for (int i = 0; i < 20; i++) {
            size.failed();
        }
        assertThat(size.next(limits)).isEqualTo(1);
    }
}
