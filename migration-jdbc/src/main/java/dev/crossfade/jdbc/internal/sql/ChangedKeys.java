package dev.crossfade.jdbc.internal.sql;

import java.util.Arrays;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Keys by their bytes, in their order, that a page of a ledger has found changed. For one thread. */
public final class ChangedKeys {
    private final NavigableSet<byte[]> keys = new TreeSet<>(Arrays::compareUnsigned);
    private byte @Nullable [] end;

    ChangedKeys() {}

    void add(byte[] key) {
        keys.add(key);
    }

    /** Keys may follow this one, which is the last that was looked at. */
    void endAt(byte[] key) {
        end = key;
    }

    NavigableSet<byte[]> keys() {
        return keys;
    }

    /** The last key that was looked at; {@code null} if that was the last one there is. */
    byte @Nullable [] end() {
        return end;
    }

    /** What is in either page, up to where the one ends that ends first. */
    ChangedKeys and(ChangedKeys other) {
        ChangedKeys both = new ChangedKeys();
        both.end = first(end, other.end);
        for (ChangedKeys page : new ChangedKeys[] {this, other}) {
            both.keys.addAll(both.end == null ? page.keys : page.keys.headSet(both.end, true));
        }
        return both;
    }

    private static byte @Nullable [] first(byte @Nullable [] one, byte @Nullable [] other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return Arrays.compareUnsigned(one, other) <= 0 ? one : other;
    }
}
