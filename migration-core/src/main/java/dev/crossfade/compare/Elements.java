package dev.crossfade.compare;

import dev.crossfade.compare.RuleNode.Keys;
import java.lang.reflect.Array;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Compares collections, arrays and maps: in order, by content, or by key. */
final class Elements {

    private final Walk walk;

    Elements(Walk walk) {
        this.walk = walk;
    }

    /** Whether the object is a collection or an array; bytes are a value. */
    static boolean isSequence(Object object) {
        return object instanceof Collection<?> || (object.getClass().isArray() && !(object instanceof byte[]));
    }

    void compareSequences(Object primary, Object secondary, RuleNode node) {
        Collection<?> x = asCollection(primary);
        Collection<?> y = asCollection(secondary);
        walk.requireSize(x.size());
        walk.requireSize(y.size());
        Keys keys = node.keys();
        if (keys != null) {
            KeyedElements index = new KeyedElements(walk, node);
            for (Object element : y) {
                index.add(element == null ? null : keys.onSecondary().apply(element), element);
            }
            for (Object element : x) {
                index.compare(element == null ? null : keys.onPrimary().apply(element), element);
            }
            index.reportUnmatched();
        } else if (node.isUnordered() || x instanceof Set<?> || y instanceof Set<?>) {
            new UnorderedElements(walk, node).compare(x, y);
        } else {
            compareInOrder(x, y, node);
        }
    }

    void compareMaps(Map<?, ?> primary, Map<?, ?> secondary, RuleNode node) {
        walk.requireSize(primary.size());
        walk.requireSize(secondary.size());
        KeyedElements index = new KeyedElements(walk, node);
        for (Map.Entry<?, ?> entry : secondary.entrySet()) {
            index.add(entry.getKey(), entry.getValue());
        }
        for (Map.Entry<?, ?> entry : primary.entrySet()) {
            index.compare(entry.getKey(), entry.getValue());
        }
        index.reportUnmatched();
    }

    private void compareInOrder(Collection<?> primary, Collection<?> secondary, RuleNode node) {
        if (primary.size() != secondary.size()) {
            walk.differ(DifferenceClass.LENGTH, null, null, node);
            return;
        }
        int before = walk.differences();
        Iterator<?> x = primary.iterator();
        Iterator<?> y = secondary.iterator();
        while (x.hasNext() && y.hasNext() && !walk.isDone()) {
            walk.compareElement(x.next(), y.next(), node);
        }
        if (x.hasNext() != y.hasNext() && !walk.isDone()) {
            walk.differ(DifferenceClass.LENGTH, null, null, node);
        } else if (walk.differences() > before
                && new UnorderedElements(walk, node).haveSameContent(primary, secondary)) {
            walk.replaceDifferences(before, DifferenceClass.ORDER, node);
        }
    }

    private static Collection<?> asCollection(Object sequence) {
        if (sequence instanceof Collection<?> collection) {
            return collection;
        }
        return sequence instanceof Object[] array ? Arrays.asList(array) : new PrimitiveArray(sequence);
    }

    /** A view; nothing is copied. */
    private static final class PrimitiveArray extends AbstractList<@Nullable Object> {
        private final Object array;

        PrimitiveArray(Object array) {
            this.array = array;
        }

        @Override
        public @Nullable Object get(int index) {
            return Array.get(array, index);
        }

        @Override
        public int size() {
            return Array.getLength(array);
        }
    }
}
