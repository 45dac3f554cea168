package dev.crossfade.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Properties that a rollout relies on. Seeds are fixed: a failure is a change of the hash, not bad luck. */
class StickyBucketDistributionTest {
    private static final int KEYS = 1_000_000;
    private static final int[] SHARES = {1, 10, 100, 1_250, 5_000, 9_000, 9_999};
    private static final StickyBucket ORDERS = StickyBucket.salted("orders");
    private static final StickyBucket INVOICES = StickyBucket.salted("invoices");

    enum Keys {
        SEQUENTIAL,
        SEQUENTIAL_TEXT,
        RANDOM_UUID,
        TIME_ORDERED_UUID,
        E_MAIL;

        int bucketOf(int i) {
            return switch (this) {
                case SEQUENTIAL -> ORDERS.of((long) i);
                case SEQUENTIAL_TEXT -> ORDERS.of("order-" + i);
                case RANDOM_UUID -> {
                    SplittableRandom random = new SplittableRandom(i);
                    yield ORDERS.of(new UUID(random.nextLong(), random.nextLong()));
                }
                case TIME_ORDERED_UUID -> ORDERS.of(new UUID(0x0190_0000_0000_7000L + ((long) i << 16), i * 31L));
                case E_MAIL -> ORDERS.of("user." + i % 977 + "@customer" + i / 977 + ".example.org");
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void every_share_of_the_keys_is_met_within_four_sigma(Keys keys) {
        int[] counts = new int[StickyBucket.BUCKETS];
        for (int i = 0; i < KEYS; i++) {
            counts[keys.bucketOf(i)]++;
        }
        for (int share : SHARES) {
            long below = 0;
            for (int bucket = 0; bucket < share; bucket++) {
                below += counts[bucket];
            }
            assertWithinFourSigma(below, KEYS, share / 10_000.0, keys + " at " + share + " basis points");
        }
        assertThat(chiSquare(counts)).as("%s over all buckets", keys).isBetween(9_999 - 4 * 141.4, 9_999 + 4 * 141.4);
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 1_000, 2_500, 5_000, 9_000})
    void two_salts_pick_independent_keys(int share) {
        int keys = 400_000;
        int both = 0;
        for (int i = 0; i < keys; i++) {
            if (ORDERS.of((long) i) < share && INVOICES.of((long) i) < share) {
                both++;
            }
        }
        double p = share / 10_000.0;
        assertWithinFourSigma(both, keys, p * p, "both salts at " + share);
    }

    @Test
    void raising_the_share_only_adds_keys_and_a_key_keeps_its_side() {
        StickyBucket other = StickyBucket.salted("orders");
        boolean[] wasNew = new boolean[20_000];
        for (int share = 0; share <= StickyBucket.BUCKETS; share += 125) {
            int added = 0;
            for (int i = 0; i < wasNew.length; i++) {
                boolean isNew = ORDERS.of("user-" + i) < share;
                assertThat(other.of("user-" + i) < share).isEqualTo(isNew);
                assertThat(wasNew[i] && !isNew)
                        .as("key %d left at %d", i, share)
                        .isFalse();
                added += isNew && !wasNew[i] ? 1 : 0;
                wasNew[i] = isNew;
            }
            assertThat(added).as("keys added at %d", share).isLessThan(400);
        }
        assertThat(wasNew).doesNotContain(false);
    }

    private static double chiSquare(int[] counts) {
        double expected = (double) KEYS / counts.length;
        double sum = 0;
        for (int count : counts) {
            sum += (count - expected) * (count - expected) / expected;
        }
        return sum;
    }

    private static void assertWithinFourSigma(long hits, int keys, double p, String what) {
        double sigma = Math.sqrt(keys * p * (1 - p));
        assertThat((double) hits).as(what).isBetween(keys * p - 4 * sigma, keys * p + 4 * sigma);
    }
}
