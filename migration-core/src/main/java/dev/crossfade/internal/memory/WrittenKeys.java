package dev.crossfade.internal.memory;

import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.Ledger.Changed;
import java.time.Instant;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The keys that were written or marked last, and when, as far as there is room. Guarded by the ledger that owns it. */
final class WrittenKeys {
    private final int capacity;

    /** In the order in which they were written last. */
    private final Map<EntityKey, Written> keys = new LinkedHashMap<>();

    private long places;

    /** Of what was written up to here, keys are missing. */
    private Instant forgottenUpTo;

    /** @param now from when on it is told of everything that is written */
    WrittenKeys(int capacity, Instant now) {
        this.capacity = capacity;
        this.forgottenUpTo = now;
    }

    /** @param place the order of keys while they are here, however often they are written: what pages go by */
    private record Written(long place, Instant at) {}

    void note(EntityKey key, Instant now) {
        Written before = keys.remove(key);
        keys.put(key, new Written(before == null ? ++places : before.place(), now));
        if (keys.size() > capacity) {
            Iterator<Written> oldest = keys.values().iterator();
            forgetUpTo(oldest.next().at());
            oldest.remove();
        }
    }

    /** Something was written that is not known here. */
    void forgetUpTo(Instant time) {
        if (time.isAfter(forgottenUpTo)) {
            forgottenUpTo = time;
        }
    }

    /** As {@link dev.crossfade.spi.Ledger#changed}; it is at most as far back as that, that the position is remembered. */
    Optional<Changed> since(String entity, Instant since, @Nullable EntityKey after, int max) {
        Written last = after == null ? null : keys.get(after);
        if (!forgottenUpTo.isBefore(since) || (after != null && last == null)) {
            return Optional.empty();
        }
        long from = last == null ? 0 : last.place();
        List<EntityKey> page = keys.entrySet().stream()
                .filter(entry -> entry.getValue().place() > from
                        && !entry.getValue().at().isBefore(since)
                        && entry.getKey().entity().equals(entity))
                .sorted(Comparator.comparingLong(entry -> entry.getValue().place()))
                .limit(max)
                .map(Map.Entry::getKey)
                .toList();
        return Optional.of(new Changed(page, page.size() < max ? null : page.get(max - 1)));
    }
}
