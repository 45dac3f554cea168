package dev.crossfade.compare;

import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The fields by which two objects of two classes are compared, under the rules of one place in a result.
 *
 * @param steps    the fields
 * @param suspects see {@link Suspects}
 */
record Plan(List<Step> steps, MethodHandle suspects) {

    /** Fields from this one on are always looked at. */
    static final int LAST_BIT = 63;

    static Plan of(List<Step> steps) {
        return new Plan(
                List.copyOf(steps),
                Suspects.among(steps.stream().map(step -> step.suspectTest).toList()));
    }

    /**
     * The fields that need a closer look, one bit each from the lowest; those after the 63rd share the highest bit.
     * Runs every accessor whose field can be cleared by {@code equals}, and throws what they throw.
     */
    long suspects(Object primary, Object secondary) {
        try {
            return (long) suspects.invokeExact(primary, secondary);
        } catch (Throwable failure) {
            throw Readers.<RuntimeException>unchecked(failure);
        }
    }

    /**
     * One field.
     *
     * @param name        how it is called in a difference
     * @param onPrimary   reads it from the primary's object; {@code null} if that has no such field
     * @param onSecondary reads it from the secondary's object; {@code null} if that has no such field
     * @param rules       the rules that apply to it
     * @param suspectTest tells 0 for two objects with equal values here; empty if that takes a closer look
     */
    record Step(
            String name,
            @Nullable Function<Object, @Nullable Object> onPrimary,
            @Nullable Function<Object, @Nullable Object> onSecondary,
            RuleNode rules,
            Optional<MethodHandle> suspectTest) {

        static Step of(String name, @Nullable Property primary, @Nullable Property secondary, RuleNode rules) {
            return new Step(
                    name,
                    primary == null ? null : primary.reader(),
                    secondary == null ? null : secondary.reader(),
                    rules,
                    primary == null || secondary == null || rules.isDecisive()
                            ? Optional.empty()
                            : Suspects.test(primary, secondary));
        }
    }
}
