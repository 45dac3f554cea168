package dev.crossfade.internal.memory;

import dev.crossfade.spi.EntityKey;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The dirty keys, by key and by age. Guarded by the ledger that owns it, but for {@link #get}, {@link #contains} and
 * {@link #size}.
 */
final class DirtyKeys {
    private final Map<EntityKey, DirtyKey> byKey = new ConcurrentHashMap<>();

    /** In the order of {@link DirtyKey#dirtySince}: the clock asks for the oldest ten times a second. */
    private final Set<DirtyKey> byAge = new LinkedHashSet<>();

    private int parked;
    private int peak;

    @Nullable
    DirtyKey get(EntityKey key) {
        return byKey.get(key);
    }

    boolean contains(EntityKey key) {
        return byKey.containsKey(key);
    }

    int size() {
        return byKey.size();
    }

    Collection<DirtyKey> all() {
        return byKey.values();
    }

    int parked() {
        return parked;
    }

    int peak() {
        return peak;
    }

    /** Adds a key that has just become dirty. */
    void add(DirtyKey entry) {
        byKey.put(entry.key, entry);
        byAge.add(entry);
        peak = Math.max(peak, byKey.size());
    }

    void remove(DirtyKey entry) {
        byKey.remove(entry.key);
        byAge.remove(entry);
        parked -= entry.isParked() ? 1 : 0;
    }

    /** What made the key dirty first has crossed; later writes count from now on. */
    void renew(DirtyKey entry, long now) {
        byAge.remove(entry);
        entry.dirtySince = now;
        byAge.add(entry);
    }

    void park(DirtyKey entry, String reason) {
        entry.parkedReason = reason;
        parked++;
    }

    void unpark(DirtyKey entry, int attempts) {
        entry.parkedReason = null;
        entry.attempts = attempts;
        parked--;
    }

    /** Parked keys, oldest first. */
    Stream<DirtyKey> allParked() {
        return parked == 0 ? Stream.empty() : byAge.stream().filter(DirtyKey::isParked);
    }

    /** The age of the oldest key that is not parked, 0 if there is none. */
    long oldest(long now) {
        for (DirtyKey entry : byAge) {
            if (!entry.isParked()) {
                return now - entry.dirtySince;
            }
        }
        return 0;
    }

    void clear() {
        byKey.clear();
        byAge.clear();
        parked = 0;
        peak = 0;
    }
}
