package dev.crossfade.compare;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Pairs equal elements wherever they stand; equal elements must be equally many. Those whose {@code equals} proves
 * equality are paired by hash, the rest by trying.
 */
final class UnorderedElements {

    /** The order is only looked into where few elements are out of place; trying takes the square of their number. */
    private static final int MAX_OUT_OF_PLACE = 256;

    private final Walk walk;
    private final RuleNode node;
    private final List<@Nullable Object> primaryRest = new ArrayList<>();
    private final List<@Nullable Object> secondaryRest = new ArrayList<>();

    UnorderedElements(Walk walk, RuleNode node) {
        this.walk = walk;
        this.node = node;
    }

    void compare(Collection<?> primary, Collection<?> secondary) {
        pairByHash(primary, secondary);
        for (Object element : primaryRest) {
            if (walk.isDone()) {
                return;
            }
            if (!takeEqual(element)) {
                walk.missingElement(DifferenceClass.MISSING_IN_SECONDARY, element, null, node);
            }
        }
        for (Object element : secondaryRest) {
            walk.missingElement(DifferenceClass.MISSING_IN_PRIMARY, null, element, node);
        }
    }

    /** Whether each element has an equal one on the other side; {@code false} also where that is dear to find out. */
    boolean haveSameContent(Collection<?> primary, Collection<?> secondary) {
        pairByHash(primary, secondary);
        if (primaryRest.size() != secondaryRest.size() || primaryRest.size() > MAX_OUT_OF_PLACE) {
            return false;
        }
        for (Object element : primaryRest) {
            if (!takeEqual(element)) {
                return false;
            }
        }
        return true;
    }

    private void pairByHash(Collection<?> primary, Collection<?> secondary) {
        Map<Object, Integer> counts = new HashMap<>();
        for (Object element : secondary) {
            Object hashable = walk.hashable(element, node.element());
            if (hashable != null) {
                counts.merge(hashable, 1, Integer::sum);
            }
        }
        for (Object element : primary) {
            Object hashable = walk.hashable(element, node.element());
            if (hashable == null || !takeOne(counts, hashable)) {
                primaryRest.add(element);
            }
        }
        for (Object element : secondary) {
            Object hashable = walk.hashable(element, node.element());
            if (hashable == null || takeOne(counts, hashable)) {
                secondaryRest.add(element);
            }
        }
    }

    private static boolean takeOne(Map<Object, Integer> counts, Object hashable) {
        Integer count = counts.get(hashable);
        if (count == null) {
            return false;
        }
        if (count == 1) {
            counts.remove(hashable);
        } else {
            counts.put(hashable, count - 1);
        }
        return true;
    }

    private boolean takeEqual(@Nullable Object element) {
        Iterator<@Nullable Object> candidates = secondaryRest.iterator();
        while (candidates.hasNext()) {
            if (walk.matches(element, candidates.next(), node.element())) {
                candidates.remove();
                return true;
            }
        }
        return false;
    }
}
