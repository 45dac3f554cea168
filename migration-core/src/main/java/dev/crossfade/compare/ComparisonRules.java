package dev.crossfade.compare;

import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How the results of one repository are compared. Without any rule every field of both sides must be equal, see
 * {@link ComparisonEngine}.
 *
 * <p>Rules name fields by path, from the entity on: {@code price}, {@code customer.name}; {@code items[].price} for the
 * elements of a collection or array or the values of a map. {@code $} is the result or entity itself. Paths are the
 * same whether a method returns an entity, an {@code Optional}, or a collection of entities, and they are the ones that
 * differences show. They use the names on the primary.
 *
 * <p>Rules never change and are safe for use by many threads, as far as their functions are.
 */
public final class ComparisonRules {

    /** Differences that one comparison reports. */
    public static final int DEFAULT_MAX_DIFFERENCES = 20;

    /** Objects and collections inside each other. */
    public static final int DEFAULT_MAX_DEPTH = 16;

    /** Elements of any one collection, map or array. */
    public static final int DEFAULT_MAX_ROWS = 10_000;

    private final RuleNode root;
    private final List<TypeRule> types;
    private final boolean noTypes;
    private final @Nullable ChronoUnit timePrecision;
    private final UnaryOperator<String> redactor;
    private final int maxDifferences;
    private final int maxDepth;
    private final int maxRows;

    ComparisonRules(RuleNode root, RulesDraft draft) {
        this.root = root;
        this.types = List.copyOf(draft.types);
        this.noTypes = types.isEmpty();
        this.timePrecision = draft.timePrecision;
        this.redactor = draft.redactor;
        this.maxDifferences = draft.maxDifferences;
        this.maxDepth = draft.maxDepth;
        this.maxRows = draft.maxRows;
    }

    /** A builder without any rule and with the default limits. */
    public static Builder builder() {
        return new Builder();
    }

    RuleNode root() {
        return root;
    }

    @Nullable
    ChronoUnit timePrecision() {
        return timePrecision;
    }

    UnaryOperator<String> redactor() {
        return redactor;
    }

    int maxDifferences() {
        return maxDifferences;
    }

    int maxDepth() {
        return maxDepth;
    }

    /** Larger results are not compared. */
    public int maxRows() {
        return maxRows;
    }

    /** Whether objects that are equal by a trusted {@code equals} are equal under all rules at and below this place. */
    boolean isEqualsTrusted(RuleNode node) {
        return noTypes && !node.isDecisive();
    }

    /** What the rule for the type of both objects says, or {@code null} if there is none. */
    @Nullable
    Boolean equalByType(Object primary, Object secondary) {
        for (int i = 0; i < types.size(); i++) {
            TypeRule rule = types.get(i);
            if (rule.type.isInstance(primary) && rule.type.isInstance(secondary)) {
                return rule.equality.test(primary, secondary);
            }
        }
        return null;
    }

    record TypeRule(Class<?> type, BiPredicate<Object, Object> equality) {}

    /**
     * Collects rules. Mistakes are collected, too, so that all of them can be told at once; null arguments are refused
     * right away. Not safe for use by many threads.
     */
    public static final class Builder {
        private final RulesDraft draft = new RulesDraft();

        private Builder() {}

        /**
         * Leaves a field and all below it out of the comparison; it is not even read.
         *
         * @param path   the field, on either side
         * @param reason why a difference does no harm; not blank
         */
        public Builder ignore(String path, String reason) {
            draft.ignore(path, reason);
            return this;
        }

        /**
         * Compares a field by this predicate alone.
         *
         * @param equality gets the value of the primary and that of the secondary, each of which may be null, but not
         *                 both; an {@code Optional} is unwrapped before. It is asked for equal values, too
         */
        public <P, S> Builder field(String path, BiPredicate<P, S> equality) {
            draft.field(path, equality);
            return this;
        }

        /**
         * Compares fields of different names. Both may lie in nested objects, such as {@code street} and {@code
         * address.street}; then the other fields of those objects need a partner, too. Fields of elements are mapped
         * below their collections: {@code path("items", "lines")} and {@code path("items[].price", "lines[].amount")}.
         * Every other rule and every difference uses the name on the primary.
         */
        public Builder path(String onPrimary, String onSecondary) {
            draft.path(onPrimary, onSecondary);
            return this;
        }

        /** {@link #keyed(String, Function, Function)} with one function for the elements of both sides. */
        public <E> Builder keyed(String collectionPath, Function<E, ?> key) {
            return keyed(collectionPath, key, key);
        }

        /**
         * Compares those elements of a collection or array that have equal keys, wherever they stand. Elements that
         * share a key are paired in their order; a null element has the key null.
         *
         * @param collectionPath the collection, {@code $} for a result that is one
         */
        public <P, S> Builder keyed(String collectionPath, Function<P, ?> keyOnPrimary, Function<S, ?> keyOnSecondary) {
            draft.keyed(collectionPath, keyOnPrimary, keyOnSecondary);
            return this;
        }

        /**
         * Compares a collection or array by content, in whatever order. Prefer {@link #keyed}: it tells which field of
         * an element differs, and it is faster for elements that are no records of plain values.
         *
         * @param collectionPath the collection, {@code $} for a result that is one
         */
        public Builder unordered(String collectionPath) {
            draft.unordered(collectionPath);
            return this;
        }

        /**
         * Makes times equal that lie less than this apart, in place of the coarser precision of the two. Also right
         * where one store rounds and the other cuts.
         *
         * @param unit {@code NANOS}, which means exactly equal, {@code MICROS}, {@code MILLIS} or {@code SECONDS}
         */
        public Builder timePrecision(ChronoUnit unit) {
            draft.timePrecision(unit);
            return this;
        }

        /**
         * Compares values of a type by this predicate alone, wherever they are. The first such rule that fits both
         * values wins; a rule for the field wins over it. Makes opaque types comparable: {@code type(JsonNode.class,
         * JsonNode::equals)}.
         *
         * @param equality never gets null
         */
        public <T> Builder type(Class<T> type, BiPredicate<? super T, ? super T> equality) {
            draft.type(type, equality);
            return this;
        }

        /** Allows differences to hold the values of these fields, redacted and cut to 200 characters. None by default. */
        public Builder allowValues(String... paths) {
            for (String path : paths) {
                draft.allowValues(path);
            }
            return this;
        }

        /** What is done to an allowed value before anyone sees it; nothing by default. */
        public Builder redactor(UnaryOperator<String> redactor) {
            draft.redactor = Objects.requireNonNull(redactor, "redactor");
            return this;
        }

        /** How many differences a comparison looks for, 1 to 1 000, {@value #DEFAULT_MAX_DIFFERENCES} by default. */
        public Builder maxDifferences(int differences) {
            draft.maxDifferences = draft.inRange("maxDifferences", differences, 1_000, DEFAULT_MAX_DIFFERENCES);
            return this;
        }

        /** How deep objects and collections may nest, 1 to 64, {@value #DEFAULT_MAX_DEPTH} by default. */
        public Builder maxDepth(int depth) {
            draft.maxDepth = draft.inRange("maxDepth", depth, 64, DEFAULT_MAX_DEPTH);
            return this;
        }

        /**
         * How many elements any one collection, map or array may have, 1 to 1 000 000, {@value #DEFAULT_MAX_ROWS} by
         * default. A larger one is not read at all. All results together may hold 256 values per allowed row.
         */
        public Builder maxRows(int rows) {
            draft.maxRows = draft.inRange("maxRows", rows, 1_000_000, DEFAULT_MAX_ROWS);
            return this;
        }

        /** What is wrong with the rules themselves, one sentence each; empty if nothing is. */
        public List<String> mistakes() {
            return draft.mistakes();
        }

        /**
         * What is wrong with the rules for these entities: {@link #mistakes()} and every path that names a field which
         * neither class has. Where a declared type tells nothing, such as an interface or a type variable, any name
         * passes.
         */
        public List<String> mistakes(Class<?> entityOnPrimary, Class<?> entityOnSecondary) {
            return draft.mistakes(entityOnPrimary, entityOnSecondary);
        }

        /**
         * The rules, independent of this builder from now on.
         *
         * @throws IllegalArgumentException if there are {@link #mistakes()}; the message has them all
         */
        public ComparisonRules build() {
            return draft.build();
        }
    }
}
