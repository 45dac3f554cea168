package dev.crossfade.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The notation of places in a result: field names joined by dots, {@code []} after a name for the elements of a
 * collection or array or the values of a map, and {@code $} for the result or entity as a whole.
 */
final class Paths {

    static final String ROOT = "$";
    static final String ELEMENT = "[]";

    private static final String NAME = "\\p{javaJavaIdentifierStart}\\p{javaJavaIdentifierPart}*";
    private static final Pattern FIELD = Pattern.compile(NAME + "(\\[])*(\\." + NAME + "(\\[])*)*");

    private Paths() {}

    /** The names and {@code []}s of a path, none for {@code $}; {@code null} if it is not a path. */
    static @Nullable List<String> parse(String path) {
        if (path.equals(ROOT)) {
            return List.of();
        }
        if (!FIELD.matcher(path).matches()) {
            return null;
        }
        List<String> segments = new ArrayList<>();
        for (String part : path.replace(ELEMENT, "." + ELEMENT).split("\\.", -1)) {
            segments.add(part);
        }
        return segments;
    }

    static String render(List<String> segments) {
        if (segments.size() == 1) {
            return segments.get(0);
        }
        if (segments.isEmpty()) {
            return ROOT;
        }
        StringBuilder path = new StringBuilder();
        for (String segment : segments) {
            if (path.length() > 0 && !segment.equals(ELEMENT)) {
                path.append('.');
            }
            path.append(segment);
        }
        return path.toString();
    }
}
