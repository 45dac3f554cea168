package dev.crossfade.simulator;

import dev.crossfade.spi.Fence;
import dev.crossfade.spi.Ledger;
import java.util.Optional;

/** A broken rule: changes the ports or the state operations of the library from outside. This one breaks nothing. */
class Mutant {
    static final Mutant NONE = new Mutant();

    Ledger ledger(Ledger ledger, World world) {
        return ledger;
    }

    Fence fence(Fence fence, World world) {
        return fence;
    }

    Optional<Item> find(FakeItems store, Long key) {
        return store.stateOf(key);
    }

    void erase(FakeItems store, Long key) {
        store.erase(key);
    }

    /** Whether it breaks bulk forms as well; otherwise they are left out. */
    boolean leavesBulkAlone() {
        return true;
    }
}
