package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.compare.DifferenceClass;
import dev.crossfade.compare.FieldDifference;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Differences of fields as they stand in a table: a line for each, names and classes apart from values. */
final class FieldText {
    /** Longer paths are cut: with {@code Finding.MAX_FIELDS} of them a text stays within its column. */
    private static final int MAX_PATH = 90;

    private static final String NONE = "\\N";

    private FieldText() {}

    static String shapes(List<FieldDifference> fields) {
        List<String> lines = new ArrayList<>();
        fields.forEach(field -> {
            String path = field.path().replaceAll("\\s", "_");
            lines.add((path.length() > MAX_PATH ? path.substring(0, MAX_PATH) : path) + " " + field.kind());
        });
        return String.join("\n", lines);
    }

    /** {@code null} if no value may be shown. */
    static @Nullable String values(List<FieldDifference> fields) {
        if (fields.stream().allMatch(field -> field.primaryValue() == null && field.secondaryValue() == null)) {
            return null;
        }
        List<String> lines = new ArrayList<>();
        fields.forEach(field -> lines.add(escaped(field.primaryValue()) + "\t" + escaped(field.secondaryValue())));
        return String.join("\n", lines);
    }

    static List<FieldDifference> fields(String shapes, @Nullable String values) {
        List<FieldDifference> fields = new ArrayList<>();
        if (shapes.isEmpty()) {
            return fields;
        }
        String[] shape = shapes.split("\n", -1);
        String[] value = values == null ? new String[0] : values.split("\n", -1);
        for (int i = 0; i < shape.length; i++) {
            int blank = shape[i].lastIndexOf(' ');
            String[] pair = i < value.length ? value[i].split("\t", -1) : new String[] {NONE, NONE};
            fields.add(new FieldDifference(
                    shape[i].substring(0, blank),
                    DifferenceClass.valueOf(shape[i].substring(blank + 1)),
                    plain(pair[0]),
                    plain(pair[1])));
        }
        return fields;
    }

    /** PostgreSQL takes no NUL. */
    private static String escaped(@Nullable String value) {
        return value == null
                ? NONE
                : value.replace('\0', ' ')
                        .replace("\\", "\\\\")
                        .replace("\t", "\\t")
                        .replace("\n", "\\n");
    }

    private static @Nullable String plain(String escaped) {
        if (escaped.equals(NONE)) {
            return null;
        }
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < escaped.length(); i++) {
            char next = escaped.charAt(i);
            if (next == '\\' && i + 1 < escaped.length()) {
                i++;
                char code = escaped.charAt(i);
                plain.append(code == 't' ? '\t' : code == 'n' ? '\n' : code);
            } else {
                plain.append(next);
            }
        }
        return plain.toString();
    }
}
