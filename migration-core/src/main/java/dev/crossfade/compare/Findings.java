package dev.crossfade.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The differences found so far, as many as are wanted, each once. */
final class Findings {

    /** Longer values are cut after redaction; a difference must stay small. */
    private static final int MAX_VALUE_LENGTH = 200;

    private final List<FieldDifference> differences = new ArrayList<>();
    private final int wanted;
    private final UnaryOperator<String> redactor;

    Findings(int wanted, UnaryOperator<String> redactor) {
        this.wanted = wanted;
        this.redactor = redactor;
    }

    boolean isFull() {
        return differences.size() >= wanted;
    }

    int size() {
        return differences.size();
    }

    List<FieldDifference> all() {
        return differences;
    }

    void add(
            String path,
            DifferenceClass kind,
            boolean showValues,
            @Nullable Object primary,
            @Nullable Object secondary) {
        FieldDifference difference = showValues
                ? new FieldDifference(path, kind, shown(primary), shown(secondary))
                : new FieldDifference(path, kind, null, null);
        if (!isFull() && !differences.contains(difference)) {
            differences.add(difference);
        }
    }

    void truncate(int size) {
        differences.subList(size, differences.size()).clear();
    }

    /** Only of plain values: the text of an object would hold its other fields, too. */
    private @Nullable String shown(@Nullable Object value) {
        if (value == null || !Values.isValue(value)) {
            return null;
        }
        String text = redactor.apply(value instanceof byte[] bytes ? "byte[" + bytes.length + "]" : value.toString());
        return text == null || text.length() <= MAX_VALUE_LENGTH ? text : text.substring(0, MAX_VALUE_LENGTH) + "…";
    }
}
