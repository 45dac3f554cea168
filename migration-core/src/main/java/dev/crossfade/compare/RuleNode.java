package dev.crossfade.compare;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The rules of one place in a result; the places form a tree along the paths. Filled by the builder of the rules, never
 * changed once a comparison sees it.
 */
final class RuleNode {

    /** Where no rule applies, nor anywhere below. */
    static final RuleNode NONE = new RuleNode(false);

    private final boolean root;
    private final Map<String, RuleNode> children = new HashMap<>();
    private final List<Mapping> mappings = new ArrayList<>();
    private boolean ignored;
    private boolean unordered;
    private boolean valuesAllowed;
    private boolean decisive;
    private @Nullable BiPredicate<@Nullable Object, @Nullable Object> equality;
    private @Nullable Keys keys;

    private RuleNode(boolean root) {
        this.root = root;
    }

    static RuleNode newRoot() {
        return new RuleNode(true);
    }

    boolean isRoot() {
        return root;
    }

    boolean isIgnored() {
        return ignored;
    }

    boolean isUnordered() {
        return unordered;
    }

    boolean areValuesAllowed() {
        return valuesAllowed;
    }

    /** Whether a rule here or below may call objects different that are equal; an {@code equals} proves nothing then. */
    boolean isDecisive() {
        return decisive;
    }

    /** Whether all fields are compared as they are, without a rule for any of them. */
    boolean isPlain() {
        return children.isEmpty() && mappings.isEmpty();
    }

    @Nullable
    BiPredicate<@Nullable Object, @Nullable Object> equality() {
        return equality;
    }

    @Nullable
    Keys keys() {
        return keys;
    }

    List<Mapping> mappings() {
        return mappings;
    }

    RuleNode child(String name) {
        return children.getOrDefault(name, NONE);
    }

    /** The rules of the elements; those of the result itself also hold for the entities in it. */
    RuleNode element() {
        return root ? this : child(Paths.ELEMENT);
    }

    RuleNode descend(List<String> segments) {
        RuleNode node = this;
        for (String segment : segments) {
            node = node.child(segment);
        }
        return node;
    }

    /** The node at this path, made where it is missing. Only while the rules are built. */
    RuleNode make(List<String> segments) {
        RuleNode node = this;
        for (String segment : segments) {
            node = node.children.computeIfAbsent(segment, name -> new RuleNode(false));
        }
        return node;
    }

    void ignore() {
        ignored = true;
    }

    void compareUnordered() {
        unordered = true;
    }

    void allowValues() {
        valuesAllowed = true;
    }

    void compareWith(BiPredicate<@Nullable Object, @Nullable Object> predicate) {
        equality = predicate;
    }

    void compareByKey(Keys functions) {
        keys = functions;
    }

    void map(Mapping mapping) {
        mappings.add(mapping);
    }

    /** Works out what depends on the nodes below. The last call while the rules are built. */
    boolean settle() {
        boolean any = equality != null || !mappings.isEmpty();
        for (RuleNode child : children.values()) {
            any |= child.settle();
        }
        decisive = any;
        return any;
    }

    /** How to find an element's key on either side. */
    record Keys(Function<Object, @Nullable Object> onPrimary, Function<Object, @Nullable Object> onSecondary) {}

    /** Two names of one field, as chains of fields that start at the place of this rule. */
    record Mapping(List<String> onPrimary, List<String> onSecondary) {}
}
