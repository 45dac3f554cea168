package dev.crossfade.internal.shadow;

import dev.crossfade.internal.view.Context;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.Version;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells a real difference from lag: were the keys clean, and did nobody write them meanwhile? */
final class Suspect {
    private final Context context;

    Suspect(Context context) {
        this.context = context;
    }

    /** What the ledger said of the keys; of the whole ledger where no keys are known. */
    record Stamps(Map<EntityKey, Long> ofKeys, @Nullable Version ofLedger) {}

    /** The stamps of clean keys; {@code null} if one of them is dirty or being written. */
    @Nullable
    Stamps stamps(Set<EntityKey> keys) {
        if (keys.isEmpty()) {
            Version now = context.ledger().lastVersion();
            return isQuiet() ? new Stamps(Map.of(), now) : null;
        }
        Map<EntityKey, Long> stamps = new HashMap<>();
        for (EntityKey key : keys) {
            stamps.put(key, context.ledger().stamp(key));
            if (!isClean(key)) {
                return null;
            }
        }
        return new Stamps(stamps, null);
    }

    /** Whether the keys are clean still, at the same versions. */
    boolean isUnchanged(Stamps before) {
        if (before.ofLedger() != null) {
            return isQuiet() && before.ofLedger().equals(context.ledger().lastVersion());
        }
        return before.ofKeys().entrySet().stream()
                .allMatch(
                        entry -> isClean(entry.getKey()) && context.ledger().stamp(entry.getKey()) == entry.getValue());
    }

    // Under way first: a write that has left there has raised its stamp and made its key dirty before.
    private boolean isClean(EntityKey key) {
        return !context.underWay().mayTouch(key) && !context.ledger().isDirty(key);
    }

    private boolean isQuiet() {
        return context.underWay().isEmpty() && context.ledger().dirtyCount() == 0;
    }
}
