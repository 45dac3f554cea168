package dev.crossfade.compare;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The fields by which two objects of two classes are compared, under the rules of one place in a result. */
record Plan(List<Step> steps) {

    /**
     * One field.
     *
     * @param name        how it is called in a difference
     * @param onPrimary   reads it from the primary's object; {@code null} if that has no such field
     * @param onSecondary reads it from the secondary's object; {@code null} if that has no such field
     * @param rules       the rules that apply to it
     * @param trusted     whether the declared type's {@code equals} proves equality, see {@link TrustedEquals}
     */
    record Step(
            String name,
            @Nullable Function<Object, @Nullable Object> onPrimary,
            @Nullable Function<Object, @Nullable Object> onSecondary,
            RuleNode rules,
            boolean trusted) {}
}
