package dev.crossfade.spring;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** What somebody may have meant who wrote a name that there is not. */
final class NearestName {
    private static final int MAX_SUGGESTED = 10;

    private NearestName() {}

    /** The known name that the fewest changes of a letter lead to; empty where nearly all of it would change. */
    static Optional<String> of(String name, Collection<String> known) {
        return known.stream()
                .min(Comparator.<String>comparingInt(other -> distance(name, other))
                        .thenComparing(Comparator.naturalOrder()))
                .filter(other -> distance(name, other) <= Math.max(2, name.length() / 2));
    }

    /** Whether two names differ as by a slip of the pen. */
    static boolean isSlip(String name, String other) {
        return distance(name, other) <= 2;
    }

    /** A hint to go with "there is no ..": the nearest name, or else those that there are. */
    static String hint(String name, Collection<String> known) {
        if (known.isEmpty()) {
            return "there is none";
        }
        return of(name, known)
                .map(nearest -> "did you mean '" + nearest + "'?")
                .orElseGet(() -> "there are "
                        + known.stream().sorted().limit(MAX_SUGGESTED).toList());
    }

    private static int distance(String one, String other) {
        String a = one.toLowerCase(Locale.ROOT);
        String b = other.toLowerCase(Locale.ROOT);
        int[] row = new int[b.length() + 1];
        Arrays.setAll(row, i -> i);
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
