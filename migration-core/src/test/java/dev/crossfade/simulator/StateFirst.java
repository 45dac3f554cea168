package dev.crossfade.simulator;

import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.Ledger;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the state when the version is asked for first, and hands it out when the state is asked for. */
final class StateFirst extends Mutant {
    private final Map<Actor, Map<Long, Optional<Item>>> read = new HashMap<>();
    private @Nullable World world;

    @Override
    Ledger ledger(Ledger ledger, World inWorld) {
        world = inWorld;
        return new ForwardingLedger(ledger) {
            @Override
            public Map<EntityKey, Pending> pending(Collection<EntityKey> keys) {
                Map<Long, Optional<Item>> mine =
                        read.computeIfAbsent(inWorld.scheduler.current(), actor -> new HashMap<>());
                for (EntityKey key : keys) {
                    long id = (Long) key.key();
                    if (inWorld.checker.isDual() && !mine.containsKey(id)) {
                        mine.put(id, inWorld.primary().stateOf(id));
                    }
                }
                return ledger.pending(keys);
            }
        };
    }

    @Override
    Optional<Item> find(FakeItems store, Long key) {
        World in = world;
        Map<Long, Optional<Item>> mine = in == null ? null : read.get(in.scheduler.current());
        Optional<Item> before = mine == null ? null : mine.remove(key);
        return before == null ? store.stateOf(key) : before;
    }

    @Override
    boolean leavesBulkAlone() {
        return false;
    }
}
