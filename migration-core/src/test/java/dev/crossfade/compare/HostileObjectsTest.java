package dev.crossfade.compare;

import static dev.crossfade.compare.CompareAssert.assertMatch;
import static dev.crossfade.compare.CompareAssert.assertSkipped;
import static dev.crossfade.compare.CompareAssert.compare;
import static dev.crossfade.compare.CompareAssert.differences;
import static dev.crossfade.compare.CompareAssert.engine;
import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.compare.Comparison.Reason;
import java.util.AbstractList;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HostileObjectsTest {

    record Named(String name) {}

    /** JPA's habit: the same row is the same entity. */
    static class IdOnly {
        private final long id;
        private final String name;

        IdOnly(long id, String name) {
            this.id = id;
            this.name = name;
        }

        public long getId() {
            return id;
        }

        public String getName() {
            return name;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof IdOnly that && that.id == id;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(id);
        }
    }

    record IdOnlyRecord(long id, String name) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof IdOnlyRecord that && that.id == id;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(id);
        }
    }

    record FinalIdOnlyRecord(long id, String name) {
        @Override
        public final boolean equals(@Nullable Object other) {
            return other instanceof FinalIdOnlyRecord that && that.id == id;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(id);
        }
    }

    record Wrapper(Object inner) {}

    record TypedWrapper(FinalIdOnlyRecord inner) {}

    @Test
    void entities_with_an_equals_of_the_id_only_differ_where_their_fields_do() {
        assertThat(differences(compare(new IdOnly(1, "a"), new IdOnly(1, "b")))).containsExactly("name VALUE");
        assertThat(differences(compare(new IdOnlyRecord(1, "a"), new IdOnlyRecord(1, "b"))))
                .containsExactly("name VALUE");
        assertThat(differences(compare(new FinalIdOnlyRecord(1, "a"), new FinalIdOnlyRecord(1, "b"))))
                .containsExactly("name VALUE");
    }

    @Test
    void such_entities_differ_inside_records_and_collections_too() {
        IdOnly x = new IdOnly(1, "a");
        IdOnly y = new IdOnly(1, "b");
        assertThat(differences(compare(new Wrapper(x), new Wrapper(y)))).containsExactly("inner.name VALUE");
        assertThat(differences(compare(
                        new TypedWrapper(new FinalIdOnlyRecord(1, "a")),
                        new TypedWrapper(new FinalIdOnlyRecord(1, "b")))))
                .containsExactly("inner.name VALUE");
        assertThat(differences(compare(List.of(x), List.of(y)))).containsExactly("name VALUE");
        assertThat(differences(compare(Set.of(x), Set.of(y))))
                .containsExactly("$ MISSING_IN_SECONDARY", "$ MISSING_IN_PRIMARY");
        assertThat(differences(compare(Map.of("k", x), Map.of("k", y)))).containsExactly("name VALUE");
        assertThat(differences(compare(new Wrapper(Map.entry("k", x)), new Wrapper(Map.entry("k", y)))))
                .containsExactly("inner.value.name VALUE");
    }

    @SuppressWarnings("unused")
    static final class BadEquals {
        private final RuntimeException thrown = new IllegalStateException("canary");

        public String getName() {
            return "n";
        }

        @Override
        public boolean equals(@Nullable Object other) {
            throw new IllegalStateException("canary");
        }

        @Override
        public int hashCode() {
            throw new IllegalStateException("canary");
        }
    }

    @SuppressWarnings("unused")
    static final class EndlessEquals {
        public String getName() {
            return "n";
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other != null && other.equals(this);
        }

        @Override
        public int hashCode() {
            return 0;
        }
    }

    record EqualsOverflows(EndlessEquals inner, long id) {}

    @Test
    void an_equals_that_throws_or_never_ends_is_not_asked() {
        assertMatch(engine(rules -> rules.ignore("thrown", "an exception has no state"))
                .compare(new BadEquals(), new BadEquals()));
        assertMatch(compare(new EndlessEquals(), new EndlessEquals()));
        assertMatch(compare(new EqualsOverflows(new EndlessEquals(), 1), new EqualsOverflows(new EndlessEquals(), 1)));
    }

    record Chain(long value, @Nullable Chain next) {}

    @Test
    void an_equals_that_overflows_the_stack_fails_the_comparison_only() {
        assertSkipped(compare(chain(200_000), chain(200_000)), Reason.COMPARISON_FAILED);
    }

    private static Chain chain(int length) {
        Chain chain = new Chain(0, null);
        for (int i = 0; i < length; i++) {
            chain = new Chain(i, chain);
        }
        return chain;
    }

    record ThrowingAccessor(String name, boolean error) {
        @Override
        public String name() {
            if (error) {
                throw new OutOfMemoryError("canary");
            }
            throw new IllegalStateException("canary");
        }
    }

    @SuppressWarnings("unused")
    static final class RecursiveGetter {
        @SuppressWarnings("InfiniteRecursion")
        public String getName() {
            return getName();
        }
    }

    @Test
    void an_accessor_that_throws_fails_the_comparison_only() {
        assertSkipped(
                compare(new ThrowingAccessor("a", false), new ThrowingAccessor("b", false)), Reason.COMPARISON_FAILED);
        assertSkipped(
                compare(new ThrowingAccessor("a", true), new ThrowingAccessor("b", true)), Reason.COMPARISON_FAILED);
        assertSkipped(compare(new RecursiveGetter(), new RecursiveGetter()), Reason.COMPARISON_FAILED);
    }

    @Test
    void an_ignored_accessor_is_not_called() {
        assertMatch(engine(rules -> rules.ignore("name", "computed"))
                .compare(new ThrowingAccessor("a", false), new ThrowingAccessor("b", false)));
    }

    @Test
    void functions_of_rules_that_throw_fail_the_comparison_only() {
        Comparison byField = engine(rules -> rules.field("name", (a, b) -> {
                    throw new IllegalStateException("canary");
                }))
                .compare(new Named("a"), new Named("a"));
        Comparison byType = engine(rules -> rules.type(String.class, (a, b) -> {
                    throw new AssertionError("canary");
                }))
                .compare(new Named("a"), new Named("a"));
        Comparison byKey = engine(rules -> rules.keyed("$", (Integer element) -> element))
                .compare(List.of("text"), List.of("text"));
        Comparison redacted = engine(rules -> rules.allowValues("name").redactor(value -> {
                    throw new IllegalStateException("canary");
                }))
                .compare(new Named("a"), new Named("b"));
        assertThat(List.of(byField, byType, byKey, redacted))
                .containsOnly(new Comparison.Skipped(Reason.COMPARISON_FAILED));
    }

    /** As large as a careless query's result; every touch of an element fails the test. */
    static final class MillionRows extends AbstractList<Object> {
        private final int size;

        MillionRows(int size) {
            this.size = size;
        }

        @Override
        public Object get(int index) {
            throw new AssertionError("An element was read");
        }

        @Override
        public int size() {
            return size;
        }
    }

    @Test
    void a_million_rows_are_not_touched() {
        MillionRows rows = new MillionRows(1_000_000);
        assertSkipped(compare(rows, new MillionRows(1_000_000)), Reason.TOO_LARGE);
        assertSkipped(compare(new Wrapper(rows), new Wrapper(new MillionRows(1_000_000))), Reason.TOO_LARGE);
        assertSkipped(
                engine(rules -> rules.keyed("$", Object::toString).unordered("$"))
                        .compare(rows, List.of()),
                Reason.TOO_LARGE);
        assertSkipped(compare(List.of(), rows), Reason.TOO_LARGE);
    }

    @Test
    void a_large_map_or_array_is_not_read_either() {
        Map<Object, Object> map = new AbstractMap<>() {
            @Override
            public Set<Entry<Object, Object>> entrySet() {
                throw new AssertionError("An entry was read");
            }

            @Override
            public int size() {
                return 1_000_000;
            }
        };
        assertSkipped(compare(map, Map.of()), Reason.TOO_LARGE);
        assertSkipped(compare(new long[10_001], new long[10_001]), Reason.TOO_LARGE);
        assertMatch(compare(new long[10_000], new long[10_000]));
        assertMatch(compare(new byte[100_000], new byte[100_000]));
    }

    @Test
    void a_difference_found_before_a_limit_is_a_mismatch() {
        record Page(int number, List<?> rows) {}
        assertThat(differences(compare(new Page(1, new MillionRows(1_000_000)), new Page(2, new MillionRows(9)))))
                .containsExactly("number VALUE");
    }

    static final class Node {
        public @Nullable Node next;
        public int value;

        Node(int value) {
            this.value = value;
        }
    }

    private static Node ring(int... values) {
        Node first = new Node(values[0]);
        Node last = first;
        for (int i = 1; i < values.length; i++) {
            last.next = new Node(values[i]);
            last = last.next;
        }
        last.next = first;
        return first;
    }

    @Test
    void cyclic_graphs_are_compared_to_their_end() {
        assertMatch(compare(ring(1, 2, 3), ring(1, 2, 3)));
        assertMatch(compare(ring(1, 1), ring(1, 1, 1)));
        assertThat(differences(compare(ring(1, 2, 3), ring(1, 2, 4)))).containsExactly("next.next.value VALUE");
        List<Object> x = new ArrayList<>();
        x.add(x);
        List<Object> y = new ArrayList<>();
        y.add(y);
        assertMatch(compare(x, y));
        Map<String, Object> map = new HashMap<>();
        map.put("self", map);
        Map<String, Object> other = new HashMap<>();
        other.put("self", other);
        assertMatch(compare(map, other));
    }

    @Test
    void what_lies_below_the_allowed_depth_is_not_called_equal() {
        Object x = "same";
        for (int i = 0; i < 16; i++) {
            x = new Wrapper(x);
        }
        Object y = "same";
        for (int i = 0; i < 16; i++) {
            y = new Wrapper(y);
        }
        assertMatch(compare(x, y));
        assertSkipped(compare(new Wrapper(x), new Wrapper(y)), Reason.TOO_LARGE);
        assertMatch(engine(rules -> rules.maxDepth(17)).compare(new Wrapper(x), new Wrapper(y)));
    }

    @Test
    void a_graph_with_more_paths_than_anyone_can_walk_is_given_up() {
        assertSkipped(engine(rules -> rules.maxRows(100)).compare(diamond(12), diamond(12)), Reason.TOO_LARGE);
    }

    /** Each level holds the level below eight times: the size is small, the paths are 8 to the power of the depth. */
    private static Object diamond(int depth) {
        Object level = "leaf";
        for (int i = 0; i < depth; i++) {
            level = Collections.nCopies(8, level);
        }
        return level;
    }

    @Test
    void a_collection_that_fails_while_it_is_read_fails_the_comparison_only() {
        assertSkipped(compare(new MillionRows(5), new MillionRows(5)), Reason.COMPARISON_FAILED);
    }
}
