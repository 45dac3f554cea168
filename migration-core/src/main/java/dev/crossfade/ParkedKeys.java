package dev.crossfade;

import dev.crossfade.event.MigrationEvent.KeysDiscarded;
import dev.crossfade.event.MigrationEvent.KeysRetried;
import dev.crossfade.internal.view.Context;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.ParkedKey;
import java.util.Collection;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys that could not be applied to the secondary. A later write of such a key tries it once more by itself; everything
 * else is decided by a person here. Safe for use by many threads.
 */
public final class ParkedKeys {
    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");

    private final Context context;

    ParkedKeys(Context context) {
        this.context = context;
    }

    /** The parked keys, oldest first, at most {@code max}. */
    public List<ParkedKey> list(int max) {
        return context.ledger().parked(max);
    }

    /**
     * Gives these keys a fresh start, as after mending what made the secondary refuse them. A row that is absent on the
     * primary is deleted on the secondary then, within {@link RelayOptions#deletesByMarksPerMinute}. For keys that
     * are parked because the other side was ahead, this decides that the primary is right, as {@link
     * Recovery#keepPrimary}.
     *
     * @return how many of them were parked
     */
    public int retry(Collection<EntityKey> keys, Operator operator) {
        int retried = context.ledger().retry(keys, operator);
        log.info("{} - {} parked keys are tried again, asked for by {}", context.migration(), retried, operator.name());
        context.events().publish(new KeysRetried(context.migration(), List.copyOf(keys), operator));
        return retried;
    }

    /** {@link #retry} for all parked keys. */
    public int retryAll(Operator operator) {
        return retry(all(), operator);
    }

    /**
     * Forgets these keys: the two stores may differ in them from now on, and nothing will repair that but a later write
     * or mark.
     *
     * @return the keys that were parked
     */
    public List<EntityKey> discard(Collection<EntityKey> keys, Operator operator) {
        List<EntityKey> discarded = context.ledger().discard(keys, operator);
        log.warn(
                "{} - {} parked keys were discarded by {} ({}): the stores may differ in them",
                context.migration(),
                discarded.size(),
                operator.name(),
                operator.reason());
        context.events().publish(new KeysDiscarded(context.migration(), discarded, operator));
        return discarded;
    }

    /** {@link #discard} for all parked keys. */
    public List<EntityKey> discardAll(Operator operator) {
        return discard(all(), operator);
    }

    private List<EntityKey> all() {
        return list(Integer.MAX_VALUE).stream().map(ParkedKey::key).toList();
    }
}
