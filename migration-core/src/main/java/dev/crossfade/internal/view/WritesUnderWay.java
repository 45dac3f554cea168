package dev.crossfade.internal.view;

import dev.crossfade.spi.EntityKey;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keys that a write may have changed on the primary without the ledger knowing yet. A comparison that meets one of them
 * proves nothing.
 */
public final class WritesUnderWay {
    private final Map<EntityKey, Integer> keys = new ConcurrentHashMap<>();
    private final AtomicInteger unknown = new AtomicInteger();

    public void begin(EntityKey key) {
        keys.merge(key, 1, Integer::sum);
    }

    /** A write begins whose keys only its result will tell. */
    public void beginUnknown() {
        unknown.incrementAndGet();
    }

    /** A unit of work is recorded: its keys, and so many writes of unknown keys, are no longer under way. */
    public void end(Collection<EntityKey> recorded, int recordedUnknown) {
        recorded.forEach(key -> keys.computeIfPresent(key, (same, count) -> count == 1 ? null : count - 1));
        unknown.addAndGet(-recordedUnknown);
    }

    public boolean mayTouch(EntityKey key) {
        return unknown.get() > 0 || keys.containsKey(key);
    }

    public boolean isEmpty() {
        return unknown.get() == 0 && keys.isEmpty();
    }
}
