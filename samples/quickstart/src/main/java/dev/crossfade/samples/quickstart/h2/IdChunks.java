package dev.crossfade.samples.quickstart.h2;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * Ids in portions for {@code = ANY(?)}. H2 compares every row that it finds with every element of the array, so the time
 * grows with the square of the array's length.
 */
public final class IdChunks {
    private static final int SIZE = 200;

    private IdChunks() {}

    /** Each id once, ascending over all chunks. */
    public static List<List<Long>> of(Collection<Long> ids) {
        List<Long> ascending = List.copyOf(new TreeSet<>(ids));
        List<List<Long>> chunks = new ArrayList<>();
        for (int from = 0; from < ascending.size(); from += SIZE) {
            chunks.add(ascending.subList(from, Math.min(from + SIZE, ascending.size())));
        }
        return chunks;
    }
}
