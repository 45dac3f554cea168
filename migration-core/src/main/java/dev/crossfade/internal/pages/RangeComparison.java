package dev.crossfade.internal.pages;

import dev.crossfade.Side;
import dev.crossfade.spi.BackfillSource;
import dev.crossfade.spi.BackfillSource.Row;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.KeyRange;
import dev.crossfade.spi.Platform;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Reads ranges of keys on both sides and tells the keys whose rows differ or stand on one side only. Rows are matched by
 * key, never by their place, so that it does not matter how the sides order them. For one thread.
 */
public final class RangeComparison {
    private final Platform platform;
    private final BackfillSource source;
    private long onLegacy;
    private long onNew;

    public RangeComparison(Platform platform, BackfillSource source) {
        this.platform = platform;
        this.source = source;
    }

    /** As the source's {@code read}, with the time that it takes counted. */
    public List<Row> read(Side side, KeyRange range, int max) throws Throwable {
        long began = platform.nanoTime();
        List<Row> rows = source.read(side, range, max);
        addTo(side, platform.nanoTime() - began);
        return rows;
    }

    /** Counts time that a side was busy for. */
    public void addTo(Side side, long nanos) {
        if (side == Side.LEGACY) {
            onLegacy += nanos;
        } else {
            onNew += nanos;
        }
    }

    /** How long the slower side was busy, in nanoseconds. */
    public long slower() {
        return Math.max(onLegacy, onNew);
    }

    /**
     * A page that holds more rows than asked for, a key twice, or the key that it should begin after, is none.
     *
     * @throws Overrun if it is such a page
     */
    public static void requirePage(KeyRange range, List<Row> rows, int max) throws Overrun {
        Set<EntityKey> keys = new HashSet<>();
        rows.forEach(row -> keys.add(row.key()));
        if (rows.size() > max || keys.size() < rows.size() || keys.contains(range.after())) {
            throw new Overrun("a page by key returned more rows than asked for, a key twice, or the key that it should "
                    + "have begun after; mend it and start again");
        }
    }

    /**
     * A page that does not heed its bounds would make its reader skip rows or run in a circle.
     *
     * @throws Overrun if a side returns rows of an empty range
     */
    public void requireBounds(EntityKey key) throws Throwable {
        if (source.heedsBounds()) {
            return;
        }
        for (Side side : Side.values()) {
            if (!source.read(side, new KeyRange(key, key), 1).isEmpty()) {
                throw new Overrun(
                        "a page by key of the " + side + " store returned rows beyond its last key or up to the "
                                + "key that it should have begun after; mend it and start again");
            }
        }
    }

    /** Takes keys that differ, a portion at a time. */
    @FunctionalInterface
    public interface Taker {
        /** Takes them; may be none. */
        void take(List<EntityKey> keys) throws Throwable;
    }

    /**
     * Reads a range on both sides and hands over the keys whose rows differ or stand on one side only.
     *
     * @param max how many rows of a side are held in memory at once, about
     */
    public void compare(Side primary, KeyRange range, int max, Taker different) throws Throwable {
        EntityKey from = range.after();
        boolean more = true;
        while (more) {
            List<Row> rows = read(primary, new KeyRange(from, range.upTo()), max);
            EntityKey upTo = rows.isEmpty() ? range.upTo() : lastOf(rows);
            compare(primary, rows, new KeyRange(from, upTo), max, different);
            more = !rows.isEmpty() && !lastOf(rows).equals(range.upTo());
            from = upTo;
        }
    }

    /**
     * As {@link #compare(Side, KeyRange, int, Taker)} for a range of which the primary was read.
     *
     * @param rows all that the primary has in the range
     */
    public void compare(Side primary, List<Row> rows, KeyRange range, int max, Taker different) throws Throwable {
        Map<EntityKey, Row> expected = new LinkedHashMap<>();
        rows.forEach(row -> expected.put(row.key(), row));
        EntityKey from = range.after();
        List<Row> others;
        // An empty page alone tells that there is no more.
        do {
            others = read(primary.other(), new KeyRange(from, range.upTo()), max);
            List<EntityKey> keys = new ArrayList<>();
            for (Row row : others) {
                Row wanted = expected.remove(row.key());
                if (wanted == null || !isSame(primary, wanted, row)) {
                    keys.add(row.key());
                }
                from = row.key();
            }
            different.take(keys);
        } while (!others.isEmpty() && !Objects.equals(from, range.upTo()));
        different.take(List.copyOf(expected.keySet()));
    }

    /** The key of the last of these rows, at least one. */
    public static EntityKey lastOf(List<Row> rows) {
        return rows.get(rows.size() - 1).key();
    }

    private boolean isSame(Side primary, Row here, Row there) {
        return here.refusal() == null
                && there.refusal() == null
                && (primary == Side.LEGACY ? source.isSame(here, there) : source.isSame(there, here));
    }
}
