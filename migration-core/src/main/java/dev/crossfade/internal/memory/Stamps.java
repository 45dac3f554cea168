package dev.crossfade.internal.memory;

import dev.crossfade.spi.EntityKey;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The last version of every key there ever was, in a fixed table that keys share: what it says of a key is that version or
 * a later one. Read without a lock, written by one thread at a time.
 */
final class Stamps {
    private static final int SIZE = 4096;

    private final AtomicLongArray stamps = new AtomicLongArray(SIZE);

    long of(EntityKey key) {
        return stamps.get(index(key));
    }

    void set(EntityKey key, long counter) {
        stamps.set(index(key), counter);
    }

    private static int index(EntityKey key) {
        int hash = key.hashCode() * 0x9E3779B9;
        return (hash >>> 16) & (SIZE - 1);
    }
}
