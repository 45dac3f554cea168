package dev.crossfade.samples.quickstart.checker;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/** One order in canonical form: name to text, null fields left out. */
record Row(long id, Map<String, String> fields) {

    /** Names of the fields that differ, sorted, those of {@code ignored} left out. */
    List<String> differences(Map<String, String> other, Set<String> ignored) {
        Set<String> names = new TreeSet<>(fields.keySet());
        names.addAll(other.keySet());
        List<String> differing = new ArrayList<>();
        for (String name : names) {
            if (!ignored.contains(name) && !Objects.equals(fields.get(name), other.get(name))) {
                differing.add(name);
            }
        }
        return differing;
    }
}
