package dev.crossfade.spring;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanDefinitionStoreException;
import org.springframework.beans.factory.CannotLoadBeanClassException;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.util.ClassUtils;

/**
 * Finds {@link MigratedRepository} on the types of all beans and on what these extend and implement. No bean is made for it and no
 * package is scanned: two implementations that are beans lead to their interface.
 */
final class AnnotatedTypes {
    private final ConfigurableListableBeanFactory beans;
    private final Set<Class<?>> seen = new LinkedHashSet<>();

    private AnnotatedTypes(ConfigurableListableBeanFactory beans) {
        this.beans = beans;
    }

    /** A type and one annotation that stands on it. */
    record Found(Class<?> on, MigratedRepository annotation) {}

    static List<Found> in(ConfigurableListableBeanFactory beans) {
        return new AnnotatedTypes(beans).find();
    }

    private List<Found> find() {
        for (String name : beans.getBeanDefinitionNames()) {
            Class<?> type = typeOf(name);
            if (type != null) {
                see(ClassUtils.getUserClass(type));
            }
        }
        List<Found> found = new ArrayList<>();
        for (Class<?> type : seen) {
            MergedAnnotations.from(type).stream(MigratedRepository.class)
                    .forEach(annotation -> found.add(new Found(type, annotation.synthesize())));
        }
        return found;
    }

    private @Nullable Class<?> typeOf(String name) {
        try {
            return beans.getMergedBeanDefinition(name).isAbstract() ? null : beans.getType(name, false);
        } catch (CannotLoadBeanClassException | BeanDefinitionStoreException unusable) {
            // Whoever needs that bean will be told.
            return null;
        }
    }

    private void see(@Nullable Class<?> type) {
        if (type == null || type == Object.class || !seen.add(type)) {
            return;
        }
        see(type.getSuperclass());
        for (Class<?> implemented : type.getInterfaces()) {
            see(implemented);
        }
    }
}
