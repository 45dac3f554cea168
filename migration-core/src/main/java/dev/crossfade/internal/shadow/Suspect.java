package dev.crossfade.internal.shadow;

import dev.crossfade.internal.view.Context;
import dev.crossfade.spi.EntityKey;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells a real difference from lag: were the keys clean, and did nobody write them meanwhile? */
final class Suspect {
    private final Context context;

    Suspect(Context context) {
        this.context = context;
    }

    /** What the ledger says of clean keys, of all keys where none are known; {@code null} if one is being written. */
    @Nullable
    Object cleanState(Set<EntityKey> keys) {
        // Under way first: a write that has left there has made its key dirty before.
        return isUnderWay(keys) ? null : context.ledger().cleanState(keys);
    }

    /** Whether the keys are clean still, at the same versions. */
    boolean isUnchanged(Set<EntityKey> keys, Object before) {
        return before.equals(cleanState(keys));
    }

    private boolean isUnderWay(Set<EntityKey> keys) {
        return keys.isEmpty() ? !context.underWay().isEmpty() : keys.stream().anyMatch(context.underWay()::mayTouch);
    }
}
