package dev.crossfade.compare;

import static dev.crossfade.compare.CompareAssert.assertMatch;
import static dev.crossfade.compare.CompareAssert.assertSkipped;
import static dev.crossfade.compare.CompareAssert.compare;
import static dev.crossfade.compare.CompareAssert.differences;
import static dev.crossfade.compare.CompareAssert.engine;
import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.compare.Comparison.Reason;
import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StructureComparisonTest {

    record Item(String sku, @Nullable BigDecimal price) {}

    record Order(long id, List<Item> items, Map<String, Object> attributes) {}

    record Tags(Set<?> tags) {}

    record Numbers(Object numbers) {}

    @SuppressWarnings("unused")
    static class Bean {
        private final String name;
        private final int secret;
        public transient int cached;

        Bean(String name, int secret, int cached) {
            this.name = name;
            this.secret = secret;
            this.cached = cached;
        }

        public String getName() {
            return name;
        }

        public boolean isActive() {
            return !name.isEmpty();
        }
    }

    static final class DerivedBean extends Bean {
        DerivedBean(String name, int secret) {
            super(name, secret, 0);
        }
    }

    private static Item item(String sku, String price) {
        return new Item(sku, new BigDecimal(price));
    }

    private static Order order(@Nullable Item... items) {
        return new Order(1, Arrays.asList(items), Map.of());
    }

    @Test
    void every_differing_field_is_reported_with_its_path_and_no_index() {
        Order x = new Order(1, List.of(item("a", "1"), item("b", "2")), Map.of("k", 1));
        Order y = new Order(2, List.of(item("a", "1.0"), item("b", "3")), Map.of("k", 2));
        assertThat(differences(compare(x, y))).containsExactly("id VALUE", "items[].price VALUE", "attributes[] VALUE");
    }

    @Test
    void a_collection_of_entities_has_the_paths_of_the_entity() {
        assertThat(differences(compare(List.of(item("a", "1")), List.of(item("a", "2")))))
                .containsExactly("price VALUE");
        assertThat(differences(compare(Optional.of(item("a", "1")), Optional.of(item("a", "2")))))
                .containsExactly("price VALUE");
        assertThat(differences(compare(List.of(item("a", "1")), List.of()))).containsExactly("$ LENGTH");
        assertThat(differences(compare(Optional.of(item("a", "1")), Optional.empty())))
                .containsExactly("$ VALUE_VS_NULL");
    }

    @Test
    void equal_differences_of_many_elements_are_reported_once() {
        assertThat(differences(compare(order(item("a", "1"), item("b", "1")), order(item("a", "2"), item("b", "2")))))
                .containsExactly("items[].price VALUE");
    }

    @Test
    void lists_are_ordered_and_another_order_is_named_as_such() {
        assertThat(differences(compare(order(item("a", "1"), item("b", "2")), order(item("b", "2.0"), item("a", "1")))))
                .containsExactly("items ORDER");
        assertThat(differences(compare(List.of(1, 2, 3), List.of(3, 1, 2)))).containsExactly("$ ORDER");
        assertThat(differences(compare(List.of(1, 1, 2), List.of(1, 2, 2)))).containsExactly("$ VALUE");
    }

    @Test
    void lists_of_different_length_are_not_compared_further() {
        assertThat(differences(compare(order(item("a", "1")), order(item("b", "1"), item("a", "1")))))
                .containsExactly("items LENGTH");
    }

    @Test
    void sets_are_compared_by_content_whatever_their_order() {
        assertMatch(compare(
                new Tags(new LinkedHashSet<>(List.of("a", "b"))), new Tags(new LinkedHashSet<>(List.of("b", "a")))));
        assertMatch(compare(
                new Tags(Set.of(item("a", "1.0"), item("b", "1"))), new Tags(Set.of(item("b", "1"), item("a", "1")))));
        assertThat(differences(compare(new Tags(Set.of("a", "b")), new Tags(Set.of("b", "c")))))
                .containsExactly("tags[] MISSING_IN_SECONDARY", "tags[] MISSING_IN_PRIMARY");
        assertThat(differences(compare(new Tags(Set.of("a", "b")), new Tags(Set.of("b")))))
                .containsExactly("tags[] MISSING_IN_SECONDARY");
    }

    @Test
    void unordered_collections_count_equal_elements() {
        ComparisonEngine engine = engine(rules -> rules.unordered("items"));
        Item a = item("a", "1");
        Item b = item("b", "1");
        assertMatch(engine.compare(order(a, b, a), order(a, item("a", "1.0"), b)));
        assertMatch(engine.compare(order(a, a, b), order(b, a, a)));
        assertThat(differences(engine.compare(order(a, a, a), order(a, a))))
                .containsExactly("items[] MISSING_IN_SECONDARY");
        assertThat(differences(engine.compare(order(a, b, a), order(a, b, b))))
                .containsExactly("items[] MISSING_IN_SECONDARY", "items[] MISSING_IN_PRIMARY");
        assertMatch(engine(rules -> rules.unordered("$"))
                .compare(List.of(order(a), order(b)), List.of(order(b), order(a))));
    }

    @Test
    void keyed_collections_pair_elements_by_key() {
        ComparisonEngine engine = engine(rules -> rules.keyed("items", Item::sku));
        assertMatch(engine.compare(order(item("a", "1"), item("b", "2")), order(item("b", "2"), item("a", "1"))));
        assertThat(differences(engine.compare(
                        order(item("a", "1"), item("b", "2"), item("c", "3")),
                        order(item("d", "4"), item("b", "9"), item("a", "1")))))
                .containsExactly("items[].price VALUE", "items[] MISSING_IN_SECONDARY", "items[] MISSING_IN_PRIMARY");
    }

    @Test
    void keyed_elements_with_the_same_key_are_paired_in_order_and_nulls_with_nulls() {
        ComparisonEngine engine = engine(rules -> rules.keyed("items", Item::sku));
        assertMatch(engine.compare(
                order(item("a", "1"), null, item("a", "2")), order(null, item("a", "1"), item("a", "2"))));
        assertThat(differences(engine.compare(order(item("a", "1"), item("a", "2")), order(item("a", "1")))))
                .containsExactly("items[] MISSING_IN_SECONDARY");
    }

    @Test
    void a_result_can_be_keyed_as_a_whole() {
        ComparisonEngine engine = engine(rules -> rules.keyed("$", Item::sku));
        assertMatch(engine.compare(List.of(item("a", "1"), item("b", "2")), List.of(item("b", "2"), item("a", "1"))));
        assertThat(differences(engine.compare(List.of(item("a", "1")), List.of(item("b", "2")))))
                .containsExactly("$ MISSING_IN_SECONDARY", "$ MISSING_IN_PRIMARY");
    }

    @Test
    void map_values_are_paired_by_keys_of_equal_value() {
        assertMatch(compare(Map.of(1, "a", 2, "b"), Map.of(2L, "b", 1L, "a")));
        Map<String, @Nullable Object> x = new LinkedHashMap<>();
        x.put("n", null);
        x.put("both", 1);
        assertThat(differences(compare(new Numbers(x), new Numbers(Map.of("both", 2, "other", 3)))))
                .containsExactly("numbers[] MISSING_IN_SECONDARY", "numbers[] VALUE", "numbers[] MISSING_IN_PRIMARY");
    }

    @Test
    void arrays_are_compared_like_lists() {
        assertMatch(compare(new Numbers(new int[] {1, 2}), new Numbers(new long[] {1, 2})));
        assertMatch(compare(new Numbers(new String[] {"a"}), new Numbers(List.of("a"))));
        assertMatch(compare(new Numbers(new double[] {0.0, Double.NaN}), new Numbers(new double[] {-0.0, Double.NaN})));
        assertMatch(compare(new Numbers(new int[][] {{1}, {2}}), new Numbers(new int[][] {{1}, {2}})));
        assertThat(differences(compare(new Numbers(new int[][] {{1}, {2}}), new Numbers(new int[][] {{1}, {3}}))))
                .containsExactly("numbers[][] VALUE");
        assertThat(differences(compare(new Numbers(new int[] {1}), new Numbers(new int[] {1, 2}))))
                .containsExactly("numbers LENGTH");
    }

    @Test
    void objects_and_values_and_collections_and_maps_differ_in_type() {
        for (Object x : List.of(item("a", "1"), "text", List.of(), Map.of())) {
            for (Object y : List.of(item("a", "1"), "text", List.of(), Map.of())) {
                assertThat(differences(compare(new Numbers(x), new Numbers(y))))
                        .isEqualTo(x.equals(y) ? List.of() : List.of("numbers TYPE"));
            }
        }
    }

    @Test
    void map_entries_are_compared_by_key_and_value() {
        assertThat(differences(compare(Map.entry("a", new Bean("x", 1, 0)), Map.entry("b", new Bean("x", 2, 0)))))
                .containsExactly("key VALUE", "value.secret VALUE");
    }

    @Test
    void beans_are_compared_by_getters_and_by_fields_without_one() {
        assertMatch(compare(new Bean("n", 1, 1), new Bean("n", 1, 2)));
        assertThat(differences(compare(new Bean("n", 1, 1), new Bean("", 2, 2))))
                .containsExactly("active VALUE", "name VALUE", "secret VALUE");
        assertThat(differences(compare(new Bean("n", 1, 1), new DerivedBean("n", 2))))
                .containsExactly("secret VALUE");
    }

    @Test
    void a_field_of_one_side_only_is_missing_on_the_other() {
        record Narrow(long id) {}
        record Wide(long id, String extra) {}
        assertThat(differences(compare(new Narrow(1), new Wide(1, "e")))).containsExactly("extra MISSING_IN_PRIMARY");
        assertThat(differences(compare(new Wide(1, "e"), new Narrow(1)))).containsExactly("extra MISSING_IN_SECONDARY");
        assertMatch(
                engine(rules -> rules.ignore("extra", "filled by a trigger")).compare(new Narrow(1), new Wide(1, "e")));
    }

    @Test
    void no_more_differences_are_reported_than_asked_for() {
        record Wide(int a, int b, int c, int d) {}
        assertThat(differences(
                        engine(rules -> rules.maxDifferences(3)).compare(new Wide(1, 1, 1, 1), new Wide(2, 2, 2, 2))))
                .containsExactly("a VALUE", "b VALUE", "c VALUE");
    }

    @Test
    void what_is_read_only_once_is_left_alone() {
        Stream<Integer> stream = Stream.of(1);
        assertSkipped(compare(stream, Stream.of(1)), Reason.NOT_COMPARABLE);
        assertThat(stream).containsExactly(1);
        assertSkipped(compare(List.of(1).iterator(), List.of(1).iterator()), Reason.NOT_COMPARABLE);
        assertSkipped(compare(new Object(), new Object()), Reason.NOT_COMPARABLE);
        Runnable lambda = () -> {};
        Runnable other = () -> {};
        assertSkipped(compare(new Numbers(lambda), new Numbers(other)), Reason.NOT_COMPARABLE);
    }

    @Test
    void a_queue_of_records_is_compared_in_order() {
        assertMatch(compare(new ArrayDeque<>(List.of(1, 2)), new ArrayList<>(List.of(1, 2))));
    }

    @Test
    void ten_thousand_rows_in_another_order_are_still_paired_by_content() {
        List<Integer> x = IntStream.range(0, 10_000).boxed().toList();
        List<Integer> y = IntStream.range(0, 10_000).mapToObj(i -> 9_999 - i).toList();
        assertThat(differences(compare(x, y))).containsExactly("$ ORDER");
        assertMatch(engine(rules -> rules.unordered("$")).compare(x, y));
    }
}
