package dev.crossfade.compare;

import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.stream.BaseStream;

/**
 * What is known of a class, worked out once: its properties, and whether its {@code equals} can be trusted.
 *
 * @param properties    in the order in which differences are reported
 * @param comparable    whether all of the state can be read; otherwise no verdict about an object of it is possible
 * @param trustedEquals see {@link TrustedEquals}
 * @param plan          compares two objects of the class where no rule applies
 */
record Shape(List<Property> properties, boolean comparable, boolean trustedEquals, Plan plan) {

    /**
     * Held by the class itself, so that nothing here keeps a class loaded. Never ask it for a class of the JDK, which
     * would keep this library loaded in turn.
     */
    private static final ClassValue<Shape> SHAPES = new ClassValue<>() {
        @Override
        protected Shape computeValue(Class<?> type) {
            return read(type);
        }
    };

    private static final List<Class<?>> PASSING = List.of(
            Iterator.class,
            BaseStream.class,
            Future.class,
            CompletionStage.class,
            Flow.Publisher.class,
            Blob.class,
            Clob.class,
            Array.class);

    private static final Shape UNREADABLE = new Shape(List.of(), false, false, Plan.of(List.of()));

    static Shape of(Class<?> type) {
        return Values.isJdk(type) ? UNREADABLE : SHAPES.get(type);
    }

    private static Shape read(Class<?> type) {
        if (type.isHidden() || type.isArray()) {
            return UNREADABLE;
        }
        try {
            List<Property> properties = type.isRecord() ? Properties.ofRecord(type) : Properties.ofBean(type);
            List<Plan.Step> steps = new ArrayList<>();
            for (Property property : properties) {
                steps.add(Plan.Step.of(property.name(), property, property, RuleNode.NONE));
            }
            boolean comparable = !isPassing(type) && (type.isRecord() || !properties.isEmpty());
            return new Shape(List.copyOf(properties), comparable, TrustedEquals.isTrusted(type), Plan.of(steps));
        } catch (IllegalAccessException | LinkageError | RuntimeException unreadable) {
            return UNREADABLE;
        }
    }

    /** What can be read only once, or is not there yet, is left alone: reading it would take it from the caller. */
    private static boolean isPassing(Class<?> type) {
        return (Iterable.class.isAssignableFrom(type) && !Collection.class.isAssignableFrom(type))
                || PASSING.stream().anyMatch(passing -> passing.isAssignableFrom(type));
    }
}
