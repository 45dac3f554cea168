package dev.crossfade.jdbc.internal.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.spi.EntityKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class KeyCodecTest {
    private static final int ROUNDS = 20_000;

    private record Line(long order, int number) {}

    private record Same(long order, int number) {}

    private record Deep(String tenant, Line line, List<String> path, UUID id, short small, Integer boxed) {}

    private record Unfit(String name, Object anything) {}

    private final KeyCodec codec = KeyCodec.standard().with("Line", Line.class).with("Deep", Deep.class);

    @Test
    void every_key_comes_back_equal_and_distinct_keys_have_distinct_bytes() {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Map<List<Object>, EntityKey> seen = new HashMap<>();
        for (int round = 0; round < ROUNDS; round++) {
            EntityKey key = randomKey(random);
            byte[] bytes = codec.encode(key);

            EntityKey decoded = codec.decode(key.entity(), bytes);

            assertThat(decoded.key().equals(key.key())).as("round %d", round).isTrue();
            assertThat(decoded.key().getClass() == key.key().getClass() || key.key() instanceof List)
                    .as("round %d", round)
                    .isTrue();
            EntityKey other = seen.put(Encoded.identity(key.entity(), bytes), key);
            assertThat(other == null || other.equals(key)).as("round %d", round).isTrue();
        }
        assertThat(seen).hasSizeGreaterThan(ROUNDS / 2);
    }

    @Test
    void keys_that_look_alike_have_distinct_bytes() {
        List<Object> keys = List.of(
                1L,
                1,
                (short) 1,
                "1",
                List.of(1L),
                List.of("1"),
                List.of(List.of(1L)),
                new UUID(0, 1),
                "",
                List.of(),
                List.of(""),
                List.of("", ""),
                List.of("ab", "c"),
                List.of("a", "bc"),
                List.of("abc"),
                "abc",
                "a\0",
                "a");

        assertThat(keys.stream().map(key -> Encoded.identity("E", codec.encode(new EntityKey("E", key)))))
                .doesNotHaveDuplicates();
        assertThat(codec.encode(new EntityKey("Line", new Line(1, 2))))
                .isNotEqualTo(codec.encode(new EntityKey("Line", List.of(1L, 2))));
    }

    @Test
    void bytes_of_numbers_sort_as_the_numbers_do() {
        List<Long> numbers = List.of(Long.MIN_VALUE, -256L, -1L, 0L, 1L, 255L, 256L, Long.MAX_VALUE);
        List<byte[]> bytes = numbers.stream()
                .map(key -> codec.encode(new EntityKey("E", key)))
                .toList();

        assertThat(bytes).isSortedAccordingTo(Arrays::compareUnsigned);
    }

    @Test
    void keys_are_short() {
        assertThat(codec.encode(new EntityKey("E", 1L))).hasSize(9);
        assertThat(codec.encode(new EntityKey("E", new UUID(1, 2)))).hasSize(17);
        assertThat(codec.encode(new EntityKey("E", "a".repeat(36)))).hasSize(38);
    }

    @Test
    void a_key_that_is_too_long_is_refused_without_being_shown() {
        assertThat(codec.encode(new EntityKey("E", "s".repeat(509)))).hasSize(KeyCodec.MAX_BYTES);
        assertThatThrownBy(() -> codec.encode(new EntityKey("E", "secret".repeat(100))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("'E'", "java.lang.String", "603", "512")
                .hasMessageNotContaining("secret");
    }

    @Test
    void other_types_are_refused_by_name_and_without_being_shown() {
        for (Object key : new Object[] {3.25, 'c', true, new Object[] {"secret"}, new Same(1, 2)}) {
            assertThatThrownBy(() -> codec.encode(new EntityKey("E", key)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("'E'", key.getClass().getName())
                    .hasMessageNotContaining("secret");
        }
        assertThatThrownBy(() -> codec.encode(new EntityKey("E", Arrays.asList("a", null))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("null");
    }

    @Test
    void unpaired_surrogates_are_refused() {
        for (String text : List.of("\uD800", "\uDC00", "a\uD83Db", "\uDE00\uD83D")) {
            assertThatThrownBy(() -> codec.encode(new EntityKey("E", text)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("surrogate");
        }
    }

    @Test
    void one_entity_has_one_record_as_its_key() {
        assertThatThrownBy(() -> codec.encode(new EntityKey("Line", new Same(1, 2))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Register");
        assertThatThrownBy(() -> codec.with("Line", Same.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(Line.class.getName(), Same.class.getName());
        assertThat(codec.with("Line", Line.class)).isNotNull();
    }

    @Test
    void a_record_with_a_component_of_another_type_is_refused_when_registered() {
        assertThatThrownBy(() -> codec.with("E", Unfit.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("'E'", "anything", "java.lang.Object");
    }

    @Test
    void bytes_of_a_record_need_its_class_and_no_name_stands_in_them() {
        byte[] bytes = codec.encode(new EntityKey("Line", new Line(1, 2)));

        assertThat(new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1))
                .doesNotContain("Line");
        assertThatThrownBy(() -> codec.decode("E", bytes))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no record class is registered");
    }

    @Test
    void bytes_that_no_key_gives_are_refused() {
        byte[] good = codec.encode(new EntityKey("Deep", deep(new Random(1))));
        Random random = new Random(2);
        for (int i = 0; i < good.length; i++) {
            byte[] cut = Arrays.copyOf(good, i);
            assertThatThrownBy(() -> codec.decode("Deep", cut)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> codec.decode("Deep", Arrays.copyOf(good, good.length + 1)))
                .isInstanceOf(IllegalArgumentException.class);
        for (int i = 0; i < 2_000; i++) {
            byte[] noise = new byte[random.nextInt(20)];
            random.nextBytes(noise);
            try {
                assertThat(codec.decode("Deep", noise)).isNotNull();
            } catch (IllegalArgumentException refused) {
                assertThat(refused).hasMessageContaining("'Deep'");
            }
        }
    }

    @Test
    void entities_without_a_name_or_with_a_long_one_are_refused() {
        for (String entity : List.of("", "e".repeat(KeyCodec.MAX_ENTITY_CHARACTERS + 1))) {
            assertThatThrownBy(() -> codec.encode(new EntityKey(entity, 1L)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("characters");
        }
    }

    private static EntityKey randomKey(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> new EntityKey("Line", new Line(random.nextInt(100), random.nextInt(100)));
            case 1 -> new EntityKey("Deep", deep(random));
            default -> new EntityKey(random.nextBoolean() ? "E" : "F", randomValue(random, 0));
        };
    }

    private static Deep deep(Random random) {
        return new Deep(
                randomText(random),
                new Line(random.nextLong(), random.nextInt()),
                List.of(randomText(random), randomText(random)),
                new UUID(random.nextLong(), random.nextLong()),
                (short) random.nextInt(),
                random.nextInt());
    }

    private static Object randomValue(Random random, int depth) {
        return switch (random.nextInt(depth < 3 ? 6 : 5)) {
            case 0 -> random.nextBoolean() ? random.nextLong() : random.nextLong(5);
            case 1 -> random.nextBoolean() ? random.nextInt() : random.nextInt(5);
            case 2 -> (short) random.nextInt();
            case 3 -> new UUID(random.nextLong(), random.nextLong());
            case 4 -> randomText(random);
            default -> {
                List<Object> list = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    list.add(randomValue(random, depth + 1));
                }
                yield list;
            }
        };
    }

    private static String randomText(Random random) {
        String alphabet = "aA \0'\"\\\u007f\u0080äß\uD83D\uDE00\u20AC\n";
        int[] codePoints = alphabet.codePoints().toArray();
        return Stream.generate(() -> Character.toString(codePoints[random.nextInt(codePoints.length)]))
                .limit(random.nextInt(10))
                .reduce("", String::concat);
    }
}
