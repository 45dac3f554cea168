package dev.crossfade.compare;

import static dev.crossfade.compare.CompareAssert.plainEngine;
import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.compare.Comparison.Match;
import dev.crossfade.compare.Comparison.Mismatch;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Stable rules of all comparisons, tried on random objects. A failure names the seed to repeat it with. */
class RandomGraphTest {

    private static final int ROUNDS = 2_000;

    private static final Map<DifferenceClass, DifferenceClass> MIRROR = Map.of(
            DifferenceClass.NULL_VS_VALUE, DifferenceClass.VALUE_VS_NULL,
            DifferenceClass.VALUE_VS_NULL, DifferenceClass.NULL_VS_VALUE,
            DifferenceClass.NULL_VS_EMPTY, DifferenceClass.EMPTY_VS_NULL,
            DifferenceClass.EMPTY_VS_NULL, DifferenceClass.NULL_VS_EMPTY,
            DifferenceClass.MISSING_IN_PRIMARY, DifferenceClass.MISSING_IN_SECONDARY,
            DifferenceClass.MISSING_IN_SECONDARY, DifferenceClass.MISSING_IN_PRIMARY);

    record Leaf(int number, @Nullable String text, @Nullable BigDecimal amount, Instant at) {}

    @SuppressWarnings("ArrayRecordComponent") // what users have
    record Branch(
            long id,
            double ratio,
            @Nullable Leaf leaf,
            List<Leaf> list,
            Map<String, Leaf> map,
            Optional<String> option,
            int[] numbers,
            @Nullable Bean bean) {}

    static final class Bean {
        private @Nullable String name;
        private @Nullable Branch below;
        private final String hidden;

        Bean(@Nullable String name, @Nullable Branch below, String hidden) {
            this.name = name;
            this.below = below;
            this.hidden = hidden;
        }

        public @Nullable String getName() {
            return name;
        }

        public @Nullable Branch getBelow() {
            return below;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Bean;
        }

        @Override
        public int hashCode() {
            return Objects.hash(1);
        }

        @Override
        public String toString() {
            return "Bean[" + name + below + hidden + "]";
        }
    }

    /**
     * Makes a graph from a seed. The change makes the one value whose number it is another one and remembers its path;
     * the same seed with and without it gives graphs that differ in that value only.
     */
    private static final class Maker {
        private final SplittableRandom random;
        private final int changed;
        private int count;
        private @Nullable String changedPath;

        Maker(long seed, int changed) {
            this.random = new SplittableRandom(seed);
            this.changed = changed;
        }

        boolean isChanged(String path) {
            boolean hit = count++ == changed;
            if (hit) {
                changedPath = path;
            }
            return hit;
        }

        Branch branch(String path, int depth) {
            String prefix = path.isEmpty() ? "" : path + ".";
            return new Branch(
                    random.nextLong(100) + (isChanged(prefix + "id") ? 1_000 : 0),
                    random.nextInt(8) / 4.0 + (isChanged(prefix + "ratio") ? 1_000 : 0),
                    random.nextBoolean() ? leaf(prefix + "leaf") : null,
                    leaves(prefix + "list[]"),
                    map(prefix + "map[]"),
                    random.nextBoolean() ? Optional.of(text(prefix + "option")) : Optional.empty(),
                    numbers(prefix + "numbers[]"),
                    depth == 0 ? null : bean(prefix + "bean", depth));
        }

        private Bean bean(String path, int depth) {
            String name = text(path + ".name");
            Branch below = random.nextBoolean() ? branch(path + ".below", depth - 1) : null;
            return new Bean(name, below, text(path + ".hidden"));
        }

        private Leaf leaf(String path) {
            return new Leaf(
                    random.nextInt(5) + (isChanged(path + ".number") ? 1_000 : 0),
                    random.nextInt(4) == 0 ? null : text(path + ".text"),
                    amount(path + ".amount"),
                    Instant.ofEpochSecond(random.nextInt(1_000)).plusSeconds(isChanged(path + ".at") ? 5_000_017 : 0));
        }

        private List<Leaf> leaves(String path) {
            List<Leaf> leaves = new ArrayList<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                leaves.add(leaf(path));
            }
            return leaves;
        }

        private Map<String, Leaf> map(String path) {
            Map<String, Leaf> map = new LinkedHashMap<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                map.put("key" + i, leaf(path));
            }
            return map;
        }

        private int[] numbers(String path) {
            int[] numbers = new int[random.nextInt(4)];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = random.nextInt(5) + (isChanged(path) ? 1_000 : 0);
            }
            return numbers;
        }

        private String text(String path) {
            return "t" + random.nextInt(5) + (isChanged(path) ? "#changed" : "");
        }

        private BigDecimal amount(String path) {
            BigDecimal amount = BigDecimal.valueOf(random.nextInt(1_000), 2);
            return isChanged(path) ? amount.add(BigDecimal.valueOf(1_000)) : amount;
        }
    }

    @Test
    void equal_graphs_match_and_one_changed_field_is_reported_with_exactly_its_path() {
        ComparisonEngine engine = plainEngine();
        long seeds = new Random().nextLong();
        for (int round = 0; round < ROUNDS; round++) {
            long seed = seeds + round;
            Maker original = new Maker(seed, -1);
            Branch graph = original.branch("", 3);
            assertThat(engine.compare(graph, new Maker(seed, -1).branch("", 3)))
                    .as("equal graphs of seed %s", seed)
                    .isEqualTo(new Match());

            Maker change = new Maker(seed, new SplittableRandom(seed).nextInt(original.count));
            Branch changed = change.branch("", 3);
            assertThat(engine.compare(graph, changed))
                    .as("one change of seed %s at %s", seed, change.changedPath)
                    .isInstanceOfSatisfying(
                            Mismatch.class,
                            mismatch -> assertThat(mismatch.differences())
                                    .extracting(FieldDifference::path)
                                    .containsExactly(change.changedPath));
        }
    }

    @Test
    void swapped_sides_give_mirrored_differences() {
        ComparisonEngine engine = ComparisonEngine.of(
                ComparisonRules.builder().maxDifferences(1_000).build());
        long seeds = new Random().nextLong();
        for (int round = 0; round < ROUNDS; round++) {
            long seed = seeds + round;
            Branch x = new Maker(seed, -1).branch("", 3);
            Branch y = new Maker(~seed, -1).branch("", 3);
            assertThat(differences(engine.compare(x, y)))
                    .as("seed %s", seed)
                    .isEqualTo(differences(engine.compare(y, x)).stream()
                            .map(RandomGraphTest::mirrored)
                            .collect(Collectors.toSet()));
        }
    }

    private static Set<FieldDifference> differences(Comparison comparison) {
        return comparison instanceof Mismatch mismatch ? Set.copyOf(mismatch.differences()) : Set.of();
    }

    private static FieldDifference mirrored(FieldDifference difference) {
        return new FieldDifference(
                difference.path(), MIRROR.getOrDefault(difference.kind(), difference.kind()), null, null);
    }
}
