package dev.crossfade.simulator;

import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.Ledger;
import dev.crossfade.spi.Version;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The ledger's version check, done again here with one part left out. */
final class OwnVersionCheck extends ForwardingLedger {
    private final World world;
    private final boolean excludes;
    private final boolean startsWithNothing;
    private final Map<EntityKey, Version> synced = new HashMap<>();
    private final Set<EntityKey> applying = new HashSet<>();

    OwnVersionCheck(Ledger ledger, World world, boolean excludes, boolean startsWithNothing) {
        super(ledger);
        this.world = world;
        this.excludes = excludes;
        this.startsWithNothing = startsWithNothing;
    }

    @Override
    public Set<EntityKey> apply(long epoch, Map<EntityKey, Pending> seen, SecondaryWrite write) throws Throwable {
        Set<EntityKey> done = new HashSet<>();
        Set<EntityKey> behind = new HashSet<>();
        seen.forEach((key, pending) -> {
            Version version = pending.version();
            Version upTo = synced.get(key);
            if (!isDirtyNow(key) || (upTo != null && !upTo.isBefore(version))) {
                done.add(key);
            } else if (!excludes || applying.add(key)) {
                behind.add(key);
            }
        });
        if (!behind.isEmpty()) {
            try {
                write.run(behind);
                behind.forEach(key -> synced.merge(key, version(seen, key), OwnVersionCheck::later));
            } finally {
                applying.removeAll(behind);
            }
        }
        done.addAll(behind);
        return done;
    }

    /** Without a pause, as under the ledger's lock. */
    private boolean isDirtyNow(EntityKey key) {
        return world.checker.isDirty((Long) key.key());
    }

    private static Version version(Map<EntityKey, Pending> seen, EntityKey key) {
        Pending pending = seen.get(key);
        if (pending == null) {
            throw new IllegalStateException("no version");
        }
        return pending.version();
    }

    private static Version later(Version a, Version b) {
        return a.isBefore(b) ? b : a;
    }

    @Override
    public Set<EntityKey> synced(Map<EntityKey, Pending> seen) {
        Set<EntityKey> missed = ledger.synced(seen);
        if (startsWithNothing) {
            synced.keySet().removeIf(key -> seen.containsKey(key) && !isDirtyNow(key));
        }
        return missed;
    }
}
