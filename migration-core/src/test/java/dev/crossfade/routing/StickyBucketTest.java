package dev.crossfade.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import com.dynatrace.hash4j.hashing.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StickyBucketTest {
    private static final String[] SALTS = {"", "a", "ab", "abc", "orders", "zahlungen-äöü", "注文", "\ud83d\ude80"};

    /** Published with the library: a change here moves users of running migrations between the sides. */
    @ParameterizedTest
    @CsvSource({
        "orders, '', 4931",
        "orders, a, 7400",
        "orders, user-42, 1743",
        "orders, 42, 3887",
        "orders, -7, 4317",
        "orders, 9223372036854775807, 9167",
        "orders, 123e4567-e89b-12d3-a456-426614174000, 4475",
        "orders, jörg@example.org, 6438",
        "orders, 東京, 7537",
        "orders, 🚀, 9038",
        "invoices, user-42, 9320",
        "注文, user-42, 8027"
    })
    void published_vectors_hold(String salt, String key, int bucket) {
        assertThat(StickyBucket.salted(salt).of(key)).isEqualTo(bucket);
    }

    @Test
    void equals_an_independent_murmur3_for_texts_of_all_scripts_and_lengths() {
        SplittableRandom random = new SplittableRandom(1);
        for (String salt : SALTS) {
            StickyBucket bucket = StickyBucket.salted(salt);
            for (int length = 0; length <= 64; length++) {
                for (int i = 0; i < 60; i++) {
                    String key = text(random, length);
                    assertThat(bucket.of(key)).as("salt %s, key %s", salt, key).isEqualTo(oracle(salt, key));
                }
            }
        }
    }

    @Test
    void half_a_surrogate_pair_counts_as_a_question_mark() {
        StickyBucket bucket = StickyBucket.salted("orders");
        for (String key :
                new String[] {"\ud83d", "\ude80", "a\ud83d", "\ude80\ud83d", "abcd\ud83dx", "\ud83d\ud83d\ude80"}) {
            assertThat(bucket.of(key)).isEqualTo(oracle("orders", key));
        }
        assertThat(bucket.of("\ud83d")).isEqualTo(bucket.of("?"));
    }

    @Test
    void a_number_has_the_bucket_of_its_decimal_text() {
        SplittableRandom random = new SplittableRandom(2);
        for (String salt : SALTS) {
            StickyBucket bucket = StickyBucket.salted(salt);
            for (long edge = 1; edge > 0; edge = edge <= Long.MAX_VALUE / 10 ? edge * 10 : 0) {
                for (long key = edge - 2; key <= edge + 2; key++) {
                    assertSameAsText(bucket, key);
                    assertSameAsText(bucket, -key);
                }
            }
            assertSameAsText(bucket, Long.MAX_VALUE);
            assertSameAsText(bucket, Long.MIN_VALUE);
            assertSameAsText(bucket, Long.MIN_VALUE + 1);
            for (int i = 0; i < 20_000; i++) {
                assertSameAsText(bucket, random.nextLong() >> random.nextInt(64));
            }
        }
    }

    @Test
    void a_uuid_has_the_bucket_of_its_text() {
        SplittableRandom random = new SplittableRandom(3);
        for (String salt : SALTS) {
            StickyBucket bucket = StickyBucket.salted(salt);
            assertThat(bucket.of(new UUID(0, 0))).isEqualTo(bucket.of(new UUID(0, 0).toString()));
            assertThat(bucket.of(new UUID(-1, -1))).isEqualTo(bucket.of(new UUID(-1, -1).toString()));
            for (int i = 0; i < 10_000; i++) {
                UUID key = new UUID(random.nextLong(), random.nextLong());
                assertThat(bucket.of(key)).isEqualTo(bucket.of(key.toString()));
            }
        }
    }

    @Test
    void a_hash_with_the_highest_bit_set_is_taken_as_unsigned() {
        SplittableRandom random = new SplittableRandom(4);
        StickyBucket bucket = StickyBucket.salted("orders");
        int highest = 0;
        for (int i = 0; i < 1_000; i++) {
            String key = Long.toString(random.nextLong());
            int hash = hash("orders", key);
            if (hash < 0) {
                highest++;
                assertThat(bucket.of(key)).isEqualTo((int) (Integer.toUnsignedLong(hash) % 10_000));
            }
        }
        assertThat(highest).isGreaterThan(400);
    }

    @Test
    void a_salt_is_needed() {
        assertThatNullPointerException().isThrownBy(() -> StickyBucket.salted(nothing()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "ab", "abc", "abcd"})
    void salt_and_key_do_not_run_into_each_other(String salt) {
        assertThat(StickyBucket.salted(salt + "x").of("y"))
                .isNotEqualTo(StickyBucket.salted(salt).of("xy"));
    }

    @SuppressWarnings("NullAway")
    private static String nothing() {
        return null;
    }

    private static void assertSameAsText(StickyBucket bucket, long key) {
        assertThat(bucket.of(key)).as("%d", key).isEqualTo(bucket.of(Long.toString(key)));
    }

    private static int oracle(String salt, String key) {
        return Integer.remainderUnsigned(hash(salt, key), 10_000);
    }

    private static int hash(String salt, String key) {
        return Hashing.murmur3_32().hashBytesToInt((salt + "\0" + key).getBytes(StandardCharsets.UTF_8));
    }

    /** Chars of one or of mixed widths in UTF-8, halves of surrogate pairs among them. */
    private static String text(SplittableRandom random, int length) {
        int kind = random.nextInt(6);
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            int width = kind == 5 ? random.nextInt(5) : kind;
            switch (width) {
                case 0 -> text.append((char) random.nextInt(0x80));
                case 1 -> text.append((char) random.nextInt(0x80, 0x800));
                case 2 -> text.append((char) random.nextInt(0x800, 0xd800));
                case 3 -> text.appendCodePoint(random.nextInt(0x1_0000, 0x11_0000));
                default -> text.append((char) random.nextInt(0xd800, 0x1_0000));
            }
        }
        text.setLength(length);
        return text.toString();
    }
}
