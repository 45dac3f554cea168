package dev.crossfade.spring;

import dev.crossfade.spring.AnnotatedTypes.Found;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/** The pairs of repositories that a context declares, and what is wrong with them. */
final class Pairings {
    private final ConfigurableListableBeanFactory beans;
    private final List<String> mistakes;

    private Pairings(ConfigurableListableBeanFactory beans, List<String> mistakes) {
        this.beans = beans;
        this.mistakes = mistakes;
    }

    /**
     * All pairs, by migration.
     *
     * @param mistakes gets what is wrong, each with its fix
     */
    static Map<String, List<Pairing>> in(ConfigurableListableBeanFactory beans, List<String> mistakes) {
        return new Pairings(beans, mistakes).collect();
    }

    private Map<String, List<Pairing>> collect() {
        Map<String, List<Pairing>> byMigration = new LinkedHashMap<>();
        Map<Class<?>, Pairing> byType = new HashMap<>();
        for (Found found : AnnotatedTypes.in(beans)) {
            Pairing pairing = pairing(found);
            if (pairing == null) {
                continue;
            }
            Pairing other = byType.putIfAbsent(pairing.type(), pairing);
            if (other != null) {
                mistakes.add(pairing.title() + " is migrated twice, in '" + other.migration() + "' and in '"
                        + pairing.migration() + "'; an interface has one primary bean, so leave one of them out.");
                continue;
            }
            check(pairing);
            byMigration
                    .computeIfAbsent(pairing.migration(), name -> new ArrayList<>())
                    .add(pairing);
        }
        return byMigration;
    }

    private @Nullable Pairing pairing(Found found) {
        Class<?> named = found.annotation().type();
        Class<?> type = named == void.class ? found.on() : named;
        if (!type.isInterface()) {
            mistakes.add(
                    type.getSimpleName() + " is a class, and nothing can stand in for it. Extract an interface that "
                            + "both sides implement, put @MigratedRepository on that, and inject it where "
                            + type.getSimpleName() + " was injected."
                            + (named == void.class
                                    ? " On a configuration @MigratedRepository needs type = YourRepository.class."
                                    : ""));
            return null;
        }
        if (named != void.class && found.on().isInterface() && named != found.on()) {
            mistakes.add("@MigratedRepository on " + found.on().getSimpleName() + " names " + type.getSimpleName()
                    + " as its type; leave the type out, or put the annotation on a configuration.");
            return null;
        }
        MigratedRepository annotation = found.annotation();
        return new Pairing(type, annotation.migration(), annotation.from(), annotation.to(), found.on());
    }

    private void check(Pairing pairing) {
        if (pairing.from().equals(pairing.to())) {
            mistakes.add(pairing.title() + " has '" + pairing.from() + "' on both sides; name two beans.");
        }
        checkSide(pairing, "from", pairing.from());
        checkSide(pairing, "to", pairing.to());
        for (String name : beans.getBeanNamesForType(pairing.type(), true, false)) {
            BeanDefinition bean = definition(name);
            if (bean != null && bean.isPrimary() && !name.equals(pairing.beanName())) {
                mistakes.add("'" + name + "' is a primary bean of type "
                        + pairing.type().getSimpleName()
                        + ", and so would be the one that migrates; take @Primary from '"
                        + name + "'.");
            }
        }
    }

    private void checkSide(Pairing pairing, String attribute, String name) {
        if (!beans.containsBean(name)) {
            List<String> implementations = Arrays.asList(beans.getBeanNamesForType(pairing.type(), true, false));
            mistakes.add(
                    pairing.title() + " says " + attribute + " = \"" + name + "\", and there is no bean of that name; "
                            + (implementations.isEmpty()
                                    ? "no bean implements " + pairing.type().getSimpleName() + "."
                                    : "of the beans that implement it, " + NearestName.hint(name, implementations)));
            return;
        }
        Class<?> type = beans.getType(name, false);
        if (type != null && !pairing.type().isAssignableFrom(type)) {
            mistakes.add(pairing.title() + " says " + attribute + " = \"" + name + "\", and that bean is a "
                    + type.getSimpleName() + ", which does not implement "
                    + pairing.type().getSimpleName() + "; name one that does.");
        }
        BeanDefinition bean = definition(name);
        if (bean != null && !bean.isSingleton()) {
            mistakes.add(pairing.title() + " says " + attribute + " = \"" + name + "\", and that bean has scope '"
                    + bean.getScope()
                    + "'; both sides are called from threads of the migration too, so they have to be "
                    + "singletons.");
        }
    }

    /** None of a singleton that was registered as an object. */
    private @Nullable BeanDefinition definition(String name) {
        try {
            return beans.getMergedBeanDefinition(name);
        } catch (NoSuchBeanDefinitionException object) {
            return null;
        }
    }
}
