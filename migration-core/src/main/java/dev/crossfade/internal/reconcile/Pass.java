package dev.crossfade.internal.reconcile;

import dev.crossfade.reconcile.Counts;
import dev.crossfade.spi.EntityKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Goes once through the keys of a scope, from a position on. One that has thrown is of no more use. For one thread. */
interface Pass {

    /**
     * A page that was compared.
     *
     * @param position the last key that was compared
     * @param counts   of the page
     * @param lagging  keys that were on their way
     * @param isLast   whether nothing comes after it
     * @param read     rows of the primary that were read, or their digest
     */
    record Compared(@Nullable EntityKey position, Counts counts, List<EntityKey> lagging, boolean isLast, int read) {}

    /**
     * Compares the next page.
     *
     * @throws Throwable what a store throws; nothing of the page counts
     */
    Compared next() throws Throwable;
}
