package dev.crossfade.internal.write;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BatchSizeTest {
    private static final long LONGEST = BatchSize.LONGEST_NANOS;

    private final BatchSize size = new BatchSize(500);

    @Test
    void quick_batches_have_the_size_that_was_set() {
        size.took(500, LONGEST / 10);
        size.took(500, LONGEST);
        assertThat(size.get()).isEqualTo(500);
    }

    @Test
    void a_batch_that_takes_too_long_is_followed_by_one_that_should_not() {
        size.took(500, 4 * LONGEST);
        assertThat(size.get()).isEqualTo(125);
    }

    @Test
    void transactions_that_are_slow_whatever_their_size_do_not_make_batches_small() {
        for (int n = 0; n < 10; n++) {
            size.took(size.get(), 2 * LONGEST);
        }
        assertThat(size.get()).isEqualTo(BatchSize.FEWEST);
        size.took(1, 1_000 * LONGEST);
        assertThat(size.get()).isEqualTo(BatchSize.FEWEST);
        BatchSize small = new BatchSize(3);
        small.took(3, 1_000 * LONGEST);
        assertThat(small.get()).isEqualTo(3);
    }

    @Test
    void quick_batches_grow_until_they_are_as_large_as_they_may_be_and_others_stay() {
        size.took(500, 10 * LONGEST);
        size.took(50, LONGEST * 3 / 4);
        assertThat(size.get()).isEqualTo(50);
        size.took(3, LONGEST / 10);
        assertThat(size.get()).isEqualTo(100);
        for (int n = 0; n < 5; n++) {
            size.took(1, LONGEST / 10);
        }
        assertThat(size.get()).isEqualTo(500);
    }
}
