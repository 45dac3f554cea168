package dev.crossfade.control;

import dev.openfeature.sdk.EvaluationContext;
import dev.openfeature.sdk.ImmutableContext;
import dev.openfeature.sdk.Value;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One caller's values of the named attributes, {@code null} for those it has not. Made for each lookup, so small. */
final class SegmentKey {
    private final @Nullable String[] values;

    private SegmentKey(@Nullable String[] values) {
        this.values = values;
    }

    static SegmentKey of(Map<String, String> attributes, List<String> names) {
        @Nullable String[] values = new @Nullable String[names.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = attributes.get(names.get(i));
        }
        return new SegmentKey(values);
    }

    /** Whether the caller has none of the attributes. */
    boolean isBlank() {
        for (@Nullable String value : values) {
            if (value != null) {
                return false;
            }
        }
        return true;
    }

    /** The attributes that the caller has, for a flag's targeting rules. */
    EvaluationContext asContext(List<String> names) {
        Map<String, Value> attributes = new HashMap<>();
        for (int i = 0; i < values.length; i++) {
            String value = values[i];
            if (value != null) {
                attributes.put(names.get(i), new Value(value));
            }
        }
        return new ImmutableContext(attributes);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SegmentKey key && Arrays.equals(values, key.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }
}
