package dev.crossfade.internal.shadow;

import dev.crossfade.MigrationStatus.SeenDifference;
import dev.crossfade.compare.FieldDifference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The fields that differed lately, by name and class of difference; never by value. */
final class SeenDifferences {
    private static final int MAX = 50;

    private record Seen(String entity, String operation, String field, String kind) {}

    /** Guarded by {@code this}; the newest last. */
    private final Map<Seen, Long> counts = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Seen, Long> eldest) {
            return size() > MAX;
        }
    };

    synchronized void add(String entity, String operation, List<FieldDifference> differences) {
        for (FieldDifference difference : differences) {
            counts.merge(
                    new Seen(
                            entity,
                            operation,
                            difference.path(),
                            difference.kind().name()),
                    1L,
                    Long::sum);
        }
    }

    /** The newest first. */
    synchronized List<SeenDifference> latest() {
        List<SeenDifference> latest = new ArrayList<>();
        counts.forEach((seen, count) ->
                latest.add(new SeenDifference(seen.entity(), seen.operation(), seen.field(), seen.kind(), count)));
        Collections.reverse(latest);
        return latest;
    }
}
