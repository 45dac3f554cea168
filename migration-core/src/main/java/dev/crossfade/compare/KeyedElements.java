package dev.crossfade.compare;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** Pairs elements by key; those that share a key are paired in their order. Keys are compared by value, too. */
final class KeyedElements {

    private final Walk walk;
    private final RuleNode node;
    private final Map<@Nullable Object, Queue<Optional<Object>>> unmatched = new LinkedHashMap<>();

    KeyedElements(Walk walk, RuleNode node) {
        this.walk = walk;
        this.node = node;
    }

    /** Takes in an element of the secondary. */
    void add(@Nullable Object key, @Nullable Object element) {
        unmatched.computeIfAbsent(canonical(key), k -> new ArrayDeque<>(1)).add(Optional.ofNullable(element));
    }

    /** Compares an element of the primary with the one of the same key. */
    void compare(@Nullable Object key, @Nullable Object element) {
        if (walk.isDone()) {
            return;
        }
        Queue<Optional<Object>> candidates = unmatched.get(canonical(key));
        Optional<Object> candidate = candidates == null ? null : candidates.poll();
        if (candidate == null) {
            walk.missingElement(DifferenceClass.MISSING_IN_SECONDARY, element, null, node);
        } else {
            walk.compareElement(element, candidate.orElse(null), node);
        }
    }

    /** Reports the elements of the secondary that no call of {@link #compare} took. */
    void reportUnmatched() {
        for (Queue<Optional<Object>> elements : unmatched.values()) {
            for (Optional<Object> element : elements) {
                if (walk.isDone()) {
                    return;
                }
                walk.missingElement(DifferenceClass.MISSING_IN_PRIMARY, null, element.orElse(null), node);
            }
        }
    }

    private static @Nullable Object canonical(@Nullable Object key) {
        return Values.canonical(Walk.unwrapped(key));
    }
}
