package dev.crossfade.compare;

import dev.crossfade.compare.Plan.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * One comparison, from the results down to their values. Always ends: the depth, the sizes and the total number of
 * compared values are bounded, and a pair of objects that is being compared already is not entered again.
 */
final class Walk {

    /** Compared values per allowed row; a graph may share its nodes so that it has more paths than anyone can walk. */
    private static final int VALUES_PER_ROW = 256;

    private final ComparisonRules rules;
    private final Plans plans;
    private final Elements elements = new Elements(this);
    private final List<String> trail = new ArrayList<>();
    private final Findings findings;
    /** The pairs that are being compared, from the result down: primary, secondary, rules. */
    private Object[] open = new Object[3 * 4];

    private int depth;
    /** Whether the question is only if two objects are equal. */
    private boolean probing;

    private boolean probeFailed;
    private long valuesLeft;

    Walk(ComparisonRules rules, Plans plans, Findings findings) {
        this.rules = rules;
        this.plans = plans;
        this.findings = findings;
        this.valuesLeft = (long) VALUES_PER_ROW * rules.maxRows();
    }

    /** Compares the objects found at one place and notes how they differ. */
    void compare(@Nullable Object primary, @Nullable Object secondary, RuleNode node) {
        if (node.isIgnored()) {
            return;
        }
        if (--valuesLeft < 0) {
            throw Stop.tooLarge();
        }
        Object x = unwrapped(primary);
        Object y = unwrapped(secondary);
        if (x == null && y == null) {
            return;
        }
        BiPredicate<@Nullable Object, @Nullable Object> equality = node.equality();
        if (equality != null) {
            if (!equality.test(x, y)) {
                differ(x == null || y == null ? nullDifference(x, y) : DifferenceClass.VALUE, x, y, node);
            }
        } else if (x == null || y == null) {
            differ(nullDifference(x, y), x, y, node);
        } else {
            compareObjects(x, y, node);
        }
    }

    /** Whether the objects are equal; notes nothing. */
    boolean matches(@Nullable Object primary, @Nullable Object secondary, RuleNode node) {
        boolean outerProbing = probing;
        boolean outerFailed = probeFailed;
        probing = true;
        probeFailed = false;
        compare(primary, secondary, node);
        boolean equal = !probeFailed;
        probing = outerProbing;
        probeFailed = outerFailed;
        return equal;
    }

    void compareElement(@Nullable Object primary, @Nullable Object secondary, RuleNode collection) {
        // A collection that is the result itself is left out of the path: its rules are those of the entity.
        if (collection.isRoot()) {
            compare(primary, secondary, collection);
        } else {
            trail.add(Paths.ELEMENT);
            compare(primary, secondary, collection.element());
            trail.remove(trail.size() - 1);
        }
    }

    void missingElement(DifferenceClass kind, @Nullable Object primary, @Nullable Object secondary, RuleNode node) {
        if (node.isRoot()) {
            differ(kind, primary, secondary, node);
        } else {
            trail.add(Paths.ELEMENT);
            differ(kind, primary, secondary, node.element());
            trail.remove(trail.size() - 1);
        }
    }

    void differ(DifferenceClass kind, @Nullable Object primary, @Nullable Object secondary, RuleNode node) {
        if (probing) {
            probeFailed = true;
        } else {
            findings.add(Paths.render(trail), kind, node.areValuesAllowed(), primary, secondary);
        }
    }

    /** Whether more differences would change nothing. */
    boolean isDone() {
        return probing ? probeFailed : findings.isFull();
    }

    int differences() {
        return probing ? 0 : findings.size();
    }

    /** Puts one difference in the place of those found since there were this many. */
    void replaceDifferences(int since, DifferenceClass kind, RuleNode node) {
        findings.truncate(since);
        differ(kind, null, null, node);
    }

    /** Refuses what is larger than the rules allow, before anything of it is read. */
    void requireSize(int size) {
        if (size > rules.maxRows()) {
            throw Stop.tooLarge();
        }
    }

    /** An object whose {@code equals} proves that another element is equal, or {@code null} if there is none. */
    @Nullable
    Object hashable(@Nullable Object element, RuleNode node) {
        Object object = unwrapped(element);
        if (object == null || !rules.isEqualsTrusted(node)) {
            return null;
        }
        if (Values.isValue(object)) {
            return Values.canonical(object);
        }
        return Shape.of(object.getClass()).trustedEquals() ? object : null;
    }

    private void compareObjects(Object primary, Object secondary, RuleNode node) {
        Boolean byType = rules.equalByType(primary, secondary);
        if (byType != null) {
            if (!byType) {
                differ(DifferenceClass.VALUE, primary, secondary, node);
            }
            return;
        }
        if (Values.areSame(primary, secondary)) {
            return;
        }
        boolean primaryIsValue = Values.isValue(primary);
        boolean secondaryIsValue = Values.isValue(secondary);
        if (primaryIsValue && secondaryIsValue) {
            DifferenceClass kind = Values.difference(primary, secondary, rules.timePrecision());
            if (kind != null) {
                differ(kind, primary, secondary, node);
            }
        } else if (primaryIsValue || secondaryIsValue) {
            differ(DifferenceClass.TYPE, primary, secondary, node);
        } else if (!rules.isEqualsTrusted(node) || !TrustedEquals.areProvenEqual(primary, secondary)) {
            enter(primary, secondary, node);
        }
    }

    private void enter(Object primary, Object secondary, RuleNode node) {
        int top = 3 * depth;
        for (int i = 0; i < top; i += 3) {
            if (open[i] == primary && open[i + 1] == secondary && open[i + 2] == node) {
                return; // a cycle: whether these are equal is being found out further up
            }
        }
        if (depth == rules.maxDepth()) {
            throw Stop.tooLarge();
        }
        if (top == open.length) {
            open = Arrays.copyOf(open, 2 * top);
        }
        open[top] = primary;
        open[top + 1] = secondary;
        open[top + 2] = node;
        depth++;
        compareContents(primary, secondary, node);
        depth--;
    }

    private void compareContents(Object primary, Object secondary, RuleNode node) {
        if (Elements.isSequence(primary) && Elements.isSequence(secondary)) {
            elements.compareSequences(primary, secondary, node);
        } else if (primary instanceof Map<?, ?> x && secondary instanceof Map<?, ?> y) {
            elements.compareMaps(x, y, node);
        } else if (primary instanceof Map.Entry<?, ?> x && secondary instanceof Map.Entry<?, ?> y) {
            compareField("key", x.getKey(), y.getKey(), node.child("key"));
            compareField("value", x.getValue(), y.getValue(), node.child("value"));
        } else if (isContainer(primary) || isContainer(secondary)) {
            differ(DifferenceClass.TYPE, primary, secondary, node);
        } else {
            requireState(primary);
            requireState(secondary);
            compareFields(primary, secondary, plans.of(primary.getClass(), secondary.getClass(), node));
        }
    }

    private void compareFields(Object primary, Object secondary, Plan plan) {
        List<Step> steps = plan.steps();
        long suspects = rules.isEqualsTrusted(RuleNode.NONE) ? plan.suspects(primary, secondary) : ~0L;
        for (int i = 0; i < steps.size() && !isDone(); i++) {
            if ((suspects & (1L << Math.min(i, Plan.LAST_BIT))) == 0) {
                continue;
            }
            Step step = steps.get(i);
            var onPrimary = step.onPrimary();
            var onSecondary = step.onSecondary();
            Object x = onPrimary == null ? null : onPrimary.apply(primary);
            Object y = onSecondary == null ? null : onSecondary.apply(secondary);
            if (onPrimary != null && onSecondary != null) {
                compareField(step.name(), x, y, step.rules());
            } else {
                trail.add(step.name());
                differ(
                        onPrimary == null ? DifferenceClass.MISSING_IN_PRIMARY : DifferenceClass.MISSING_IN_SECONDARY,
                        x,
                        y,
                        step.rules());
                trail.remove(trail.size() - 1);
            }
        }
    }

    private void compareField(String name, @Nullable Object primary, @Nullable Object secondary, RuleNode node) {
        trail.add(name);
        compare(primary, secondary, node);
        trail.remove(trail.size() - 1);
    }

    private static boolean isContainer(Object object) {
        return Elements.isSequence(object) || object instanceof Map<?, ?> || object instanceof Map.Entry<?, ?>;
    }

    private static void requireState(Object object) {
        if (!Shape.of(object.getClass()).comparable()) {
            throw Stop.notComparable();
        }
    }

    static @Nullable Object unwrapped(@Nullable Object value) {
        Object current = value;
        while (current instanceof Optional<?> optional) {
            current = optional.orElse(null);
        }
        if (current instanceof OptionalInt number) {
            return number.isPresent() ? number.getAsInt() : null;
        }
        if (current instanceof OptionalLong number) {
            return number.isPresent() ? number.getAsLong() : null;
        }
        if (current instanceof OptionalDouble number) {
            return number.isPresent() ? number.getAsDouble() : null;
        }
        return current;
    }

    private static DifferenceClass nullDifference(@Nullable Object primary, @Nullable Object secondary) {
        if (primary == null) {
            return secondary != null && Values.isEmpty(secondary)
                    ? DifferenceClass.NULL_VS_EMPTY
                    : DifferenceClass.NULL_VS_VALUE;
        }
        return Values.isEmpty(primary) ? DifferenceClass.EMPTY_VS_NULL : DifferenceClass.VALUE_VS_NULL;
    }
}
