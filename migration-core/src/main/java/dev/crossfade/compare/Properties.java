package dev.crossfade.compare;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the properties of a class. A record has its components. Any other class has its public getters and, so that no
 * state is overlooked, every field without a getter, except static and transient ones.
 */
final class Properties {

    private Properties() {}

    static List<Property> ofRecord(Class<?> type) throws IllegalAccessException {
        List<Property> properties = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            properties.add(Readers.property(component.getName(), component.getAccessor()));
        }
        return properties;
    }

    /** Sorted by name, because reflection gives no stable order. */
    static List<Property> ofBean(Class<?> type) throws IllegalAccessException {
        TreeMap<String, Property> properties = new TreeMap<>();
        Set<String> getters = new HashSet<>();
        for (Method method : publicMethods(type)) {
            String name = propertyName(method);
            if (name != null && !properties.containsKey(name)) {
                properties.put(name, Readers.property(name, method));
                getters.add(method.getName());
            }
        }
        for (Field field : fields(type)) {
            if (!properties.containsKey(field.getName()) && !getters.contains(field.getName())) {
                if (isLazyProxy(type)) {
                    throw new IllegalAccessException("A proxy does not carry the fields of its entity");
                }
                properties.put(field.getName(), Readers.property(field));
            }
        }
        return List.copyOf(properties.values());
    }

    private static Collection<Method> publicMethods(Class<?> type) {
        if (!Proxy.isProxyClass(type)) {
            return List.of(type.getMethods());
        }
        List<Method> methods = new ArrayList<>();
        for (Class<?> implemented : type.getInterfaces()) {
            methods.addAll(List.of(implemented.getMethods()));
        }
        return methods;
    }

    private static @Nullable String propertyName(Method method) {
        boolean readable = method.getParameterCount() == 0
                && !Modifier.isStatic(method.getModifiers())
                && !method.isBridge()
                && !method.isSynthetic()
                && !Values.isJdk(method.getDeclaringClass());
        if (!readable) {
            return null;
        }
        Class<?> result = method.getReturnType();
        String name = method.getName();
        if (name.startsWith("get") && result != void.class) {
            return decapitalized(name.substring(3));
        }
        return name.startsWith("is") && (result == boolean.class || result == Boolean.class)
                ? decapitalized(name.substring(2))
                : null;
    }

    /** The bean's rule: {@code Price} is {@code price}, {@code URL} stays; {@code null} for what is no getter. */
    private static @Nullable String decapitalized(String name) {
        if (name.isEmpty() || Character.isLowerCase(name.charAt(0)) || isGenerated(name)) {
            return null;
        }
        boolean acronym =
                name.length() > 1 && Character.isUpperCase(name.charAt(0)) && Character.isUpperCase(name.charAt(1));
        return acronym ? name : Character.toLowerCase(name.charAt(0)) + name.substring(1);
    }

    private static List<Field> fields(Class<?> type) throws IllegalAccessException {
        List<Field> fields = new ArrayList<>();
        for (Class<?> c = type; c != null && c != Object.class && !Proxy.isProxyClass(c); c = c.getSuperclass()) {
            if (Values.isJdk(c)) {
                throw new IllegalAccessException("What a class of the JDK holds for its subclass stays hidden");
            }
            for (Field field : c.getDeclaredFields()) {
                boolean state = !Modifier.isStatic(field.getModifiers())
                        && !Modifier.isTransient(field.getModifiers())
                        && !field.isSynthetic()
                        && !isGenerated(field.getName());
                if (state) {
                    fields.add(field);
                }
            }
        }
        return fields;
    }

    private static boolean isLazyProxy(Class<?> type) {
        String name = type.getName();
        return name.contains("$$") || name.contains("$HibernateProxy") || name.contains("$ByteBuddy");
    }

    /** Byte code tools mark with {@code $} what they add to an entity. */
    private static boolean isGenerated(String name) {
        return name.indexOf('$') >= 0 || name.equals("HibernateLazyInitializer");
    }
}
