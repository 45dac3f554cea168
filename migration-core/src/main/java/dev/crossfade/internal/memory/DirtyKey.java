package dev.crossfade.internal.memory;

import dev.crossfade.spi.Change;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.Version;
import org.jspecify.annotations.Nullable;

/** A key that the secondary is behind on. Every field is guarded by the ledger that holds it. */
final class DirtyKey {
    final EntityKey key;

    /** Tells keys apart that are due at the same time. */
    final long sequence;

    Version version;
    Change change;
    Version synced;
    /** The newest version that a write of the secondary was begun with. */
    Version tried;

    /** The counter of the oldest version that is not synced yet, or less. */
    long firstUnsynced;

    long dirtySince;
    boolean taken;
    int attempts;
    int failures;
    long dueAt;

    @Nullable
    String parkedReason;

    DirtyKey(EntityKey key, Version version, Change change, Version synced, long dirtySince) {
        this.key = key;
        this.sequence = version.counter();
        this.version = version;
        this.change = change;
        this.synced = synced;
        this.tried = synced;
        this.firstUnsynced = version.counter();
        this.dirtySince = dirtySince;
    }

    boolean isParked() {
        return parkedReason != null;
    }
}
