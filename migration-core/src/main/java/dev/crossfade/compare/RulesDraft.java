package dev.crossfade.compare;

import dev.crossfade.compare.ComparisonRules.TypeRule;
import dev.crossfade.compare.RuleNode.Keys;
import dev.crossfade.compare.RuleNode.Mapping;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The rules while they are being collected, with the mistakes in them. */
final class RulesDraft {

    private static final Set<ChronoUnit> PRECISIONS =
            Set.of(ChronoUnit.NANOS, ChronoUnit.MICROS, ChronoUnit.MILLIS, ChronoUnit.SECONDS);

    final List<TypeRule> types = new ArrayList<>();

    @Nullable
    ChronoUnit timePrecision;

    UnaryOperator<String> redactor = UnaryOperator.identity();
    int maxDifferences = ComparisonRules.DEFAULT_MAX_DIFFERENCES;
    int maxDepth = ComparisonRules.DEFAULT_MAX_DEPTH;
    int maxRows = ComparisonRules.DEFAULT_MAX_ROWS;

    private final List<PathRule> rules = new ArrayList<>();
    private final List<PathMapping> mappings = new ArrayList<>();
    private final Set<String> known = new HashSet<>();
    private final List<String> mistakes = new ArrayList<>();

    void ignore(String path, String reason) {
        String call = "ignore(\"" + path + "\")";
        if (reason.isBlank()) {
            mistakes.add(call + " gives no reason; say why a difference in it does no harm");
        }
        addField(call, path, RuleNode::ignore);
    }

    @SuppressWarnings("unchecked") // a value of another type fails the comparison, not the caller
    void field(String path, BiPredicate<?, ?> equality) {
        Objects.requireNonNull(equality, "equality");
        addField(
                "field(\"" + path + "\")",
                path,
                node -> node.compareWith((BiPredicate<@Nullable Object, @Nullable Object>) equality));
    }

    @SuppressWarnings("unchecked") // as above
    void keyed(String path, Function<?, ?> onPrimary, Function<?, ?> onSecondary) {
        Keys keys = new Keys(
                (Function<Object, @Nullable Object>) Objects.requireNonNull(onPrimary, "keyOnPrimary"),
                (Function<Object, @Nullable Object>) Objects.requireNonNull(onSecondary, "keyOnSecondary"));
        add("keyed(\"" + path + "\")", path, node -> node.compareByKey(keys));
    }

    void unordered(String path) {
        add("unordered(\"" + path + "\")", path, RuleNode::compareUnordered);
    }

    void allowValues(String path) {
        add("allowValues(\"" + path + "\")", path, RuleNode::allowValues);
    }

    void path(String onPrimary, String onSecondary) {
        String call = "path(\"" + onPrimary + "\", \"" + onSecondary + "\")";
        List<String> primary = fieldSegments(call, onPrimary);
        List<String> secondary = fieldSegments(call, onSecondary);
        if (primary == null || secondary == null) {
            return;
        }
        if (last(primary).equals(Paths.ELEMENT) || last(secondary).equals(Paths.ELEMENT)) {
            mistakes.add(call + " maps elements; map the collections, and fields of their elements");
        } else if (isNew("path onPrimary " + onPrimary, call) && isNew("path onSecondary " + onSecondary, call)) {
            mappings.add(new PathMapping(call, primary, secondary));
        }
    }

    void timePrecision(ChronoUnit unit) {
        if (PRECISIONS.contains(unit)) {
            timePrecision = unit;
        } else {
            mistakes.add("timePrecision(" + unit.name() + ") is too coarse; choose NANOS, MICROS, MILLIS or SECONDS");
        }
    }

    @SuppressWarnings("unchecked") // asked for instances of the type only
    void type(Class<?> type, BiPredicate<?, ?> equality) {
        Objects.requireNonNull(equality, "equality");
        if (isNew("type " + type.getName(), "type(" + type.getSimpleName() + ")")) {
            types.add(new TypeRule(type, (BiPredicate<Object, Object>) equality));
        }
    }

    int inRange(String setting, int value, int max, int usual) {
        if (value < 1 || value > max) {
            mistakes.add(setting + " is " + value + "; choose 1 to " + max + " (default " + usual + ")");
            return usual;
        }
        return value;
    }

    List<String> mistakes() {
        List<String> all = new ArrayList<>(mistakes);
        for (PathMapping mapping : mappings) {
            if (!anchorOnSecondary(mapping).equals(mapping.secondaryAnchor())) {
                all.add(mapping.call + " maps fields of elements of different collections; map "
                        + Paths.render(collection(mapping.primaryAnchor()))
                        + " to the collection on the secondary first");
            }
        }
        return List.copyOf(all);
    }

    List<String> mistakes(Class<?> entityOnPrimary, Class<?> entityOnSecondary) {
        PathCheck primary = new PathCheck(entityOnPrimary);
        PathCheck secondary = new PathCheck(entityOnSecondary);
        List<String> all = new ArrayList<>(mistakes());
        for (PathMapping mapping : mappings) {
            primary.mistake(mapping.primary).ifPresent(what -> all.add(mapping.call + ": " + what));
            secondary.mistake(mapping.secondary).ifPresent(what -> all.add(mapping.call + ": " + what));
        }
        for (PathRule rule : rules) {
            if (secondary.mistake(onSecondary(rule.segments)).isPresent()) {
                primary.mistake(rule.segments).ifPresent(what -> all.add(rule.call + ": " + what));
            }
        }
        return List.copyOf(all);
    }

    ComparisonRules build() {
        List<String> all = mistakes();
        if (!all.isEmpty()) {
            throw new IllegalArgumentException("Comparison rules: " + String.join("; ", all));
        }
        RuleNode root = RuleNode.newRoot();
        for (PathRule rule : rules) {
            rule.effect.accept(root.make(rule.segments));
        }
        for (PathMapping mapping : mappings) {
            root.make(mapping.primaryAnchor()).map(mapping.relative());
        }
        root.settle();
        return new ComparisonRules(root, this);
    }

    private void addField(String call, String path, Consumer<RuleNode> effect) {
        if (path.equals(Paths.ROOT)) {
            mistakes.add(call + " concerns the whole result; name a field");
        } else {
            add(call, path, effect);
        }
    }

    private void add(String call, String path, Consumer<RuleNode> effect) {
        List<String> segments = segments(call, path);
        if (segments != null && isNew(call, call)) {
            rules.add(new PathRule(call, segments, effect));
        }
    }

    private @Nullable List<String> fieldSegments(String call, String path) {
        if (path.equals(Paths.ROOT)) {
            mistakes.add(call + " concerns the whole result; name a field");
            return null;
        }
        return segments(call, path);
    }

    private @Nullable List<String> segments(String call, String path) {
        List<String> segments = Paths.parse(path);
        if (segments == null) {
            mistakes.add(call + (path.isBlank() ? " has a blank path" : " has no valid path")
                    + "; write field names such as price, customer.name or items[].price");
        }
        return segments;
    }

    private boolean isNew(String rule, String call) {
        boolean added = known.add(rule);
        if (!added) {
            mistakes.add(call + " is given twice; keep one");
        }
        return added;
    }

    private List<String> anchorOnSecondary(PathMapping mapping) {
        return onSecondary(mapping.primaryAnchor());
    }

    /** Follows the mappings of collections; a name without one is the same on both sides. */
    private List<String> onSecondary(List<String> primary) {
        for (int length = primary.size(); length > 0; length--) {
            for (PathMapping mapping : mappings) {
                if (mapping.primary.equals(primary.subList(0, length))) {
                    List<String> mapped = new ArrayList<>(mapping.secondary);
                    mapped.addAll(primary.subList(length, primary.size()));
                    return mapped;
                }
            }
        }
        return primary;
    }

    private static List<String> collection(List<String> anchor) {
        return anchor.isEmpty() ? anchor : anchor.subList(0, anchor.size() - 1);
    }

    private static String last(List<String> segments) {
        return segments.get(segments.size() - 1);
    }

    private record PathRule(String call, List<String> segments, Consumer<RuleNode> effect) {}

    /** A mapping starts at the innermost elements that its paths lead through, or at the entity. */
    private record PathMapping(String call, List<String> primary, List<String> secondary) {
        List<String> primaryAnchor() {
            return primary.subList(0, primary.lastIndexOf(Paths.ELEMENT) + 1);
        }

        List<String> secondaryAnchor() {
            return secondary.subList(0, secondary.lastIndexOf(Paths.ELEMENT) + 1);
        }

        Mapping relative() {
            return new Mapping(
                    List.copyOf(primary.subList(primaryAnchor().size(), primary.size())),
                    List.copyOf(secondary.subList(secondaryAnchor().size(), secondary.size())));
        }
    }
}
