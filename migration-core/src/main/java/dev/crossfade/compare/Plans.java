package dev.crossfade.compare;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.crossfade.compare.RuleNode.Mapping;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Pairs the fields of two classes: by name, or as a rule maps them. A field of one side only stays alone, so that it is
 * reported. The plans are kept as long as the engine, and with them the classes.
 */
final class Plans {

    private static final int MAX_PLANS = 1_000;

    private final Cache<Key, Plan> plans =
            Caffeine.newBuilder().maximumSize(MAX_PLANS).build();

    /** The plan for comparing objects of these classes at the place of these rules. */
    Plan of(Class<?> onPrimary, Class<?> onSecondary, RuleNode rules) {
        if (onPrimary == onSecondary && rules.isPlain()) {
            return Shape.of(onPrimary).plan();
        }
        return plans.get(new Key(onPrimary, onSecondary, rules), Plans::pair);
    }

    private static Plan pair(Key key) {
        Map<String, Property> primary = byName(key.onPrimary);
        Map<String, Property> secondary = byName(key.onSecondary);
        for (Mapping mapping : key.rules.mappings()) {
            unfold(primary, mapping.onPrimary());
            unfold(secondary, mapping.onSecondary());
        }
        List<Plan.Step> steps = new ArrayList<>();
        for (Mapping mapping : key.rules.mappings()) {
            String name = Paths.render(mapping.onPrimary());
            Property x = primary.remove(name);
            Property y = secondary.remove(Paths.render(mapping.onSecondary()));
            add(steps, name, x, y, key.rules);
        }
        for (Property x : primary.values()) {
            add(steps, x.name(), x, secondary.remove(x.name()), key.rules);
        }
        for (Property y : secondary.values()) {
            add(steps, y.name(), null, y, key.rules);
        }
        return Plan.of(steps);
    }

    private static Map<String, Property> byName(Class<?> type) {
        Map<String, Property> properties = new LinkedHashMap<>();
        for (Property property : Shape.of(type).properties()) {
            properties.put(property.name(), property);
        }
        return properties;
    }

    /** Replaces a nested object by its fields, as far down as the chain of names goes. */
    private static void unfold(Map<String, Property> properties, List<String> chain) {
        for (int i = 1; i < chain.size(); i++) {
            String prefix = Paths.render(chain.subList(0, i));
            Property outer = properties.get(prefix);
            List<Property> nested =
                    outer == null ? List.of() : Shape.of(rawType(outer.type())).properties();
            if (outer == null || nested.isEmpty()) {
                continue;
            }
            properties.remove(prefix);
            for (Property inner : nested) {
                String name = prefix + '.' + inner.name();
                properties.put(name, Readers.chained(name, outer, inner));
            }
        }
    }

    private static void add(
            List<Plan.Step> steps, String name, @Nullable Property x, @Nullable Property y, RuleNode rules) {
        List<String> segments = Paths.parse(name);
        RuleNode rule = segments == null ? RuleNode.NONE : rules.descend(segments);
        if ((x != null || y != null) && !rule.isIgnored()) {
            steps.add(Plan.Step.of(name, x, y, rule));
        }
    }

    static Class<?> rawType(Type type) {
        if (type instanceof Class<?> known) {
            return known;
        }
        return type instanceof ParameterizedType generic ? (Class<?>) generic.getRawType() : Object.class;
    }

    private record Key(Class<?> onPrimary, Class<?> onSecondary, RuleNode rules) {}
}
