package dev.crossfade.internal.view;

import dev.crossfade.Store;
import java.util.OptionalInt;

/**
 * Whether a repository does what it is asked for in the transaction that is open for it. One that works on another
 * connection, or on none, escapes the fence, the ledger and the version check.
 */
public final class Presence {
    private final Store store;
    private final OptionalInt before;

    private Presence(Store store) {
        this.store = store;
        this.before = store.statementsHere();
    }

    /** To be asked for before the repository is called. */
    public static Presence on(Store store) {
        return new Presence(store);
    }

    /** Whether it has run nothing since; false where the store cannot tell. */
    public boolean ranNothing() {
        return before.isPresent() && store.statementsHere().equals(before);
    }

    /** What to say then, without a full stop. */
    public String complaint(String operation) {
        return operation + " ran no statement in the transaction on " + store.name() + "; give the repository "
                + store.name() + "'s own dataSource() or jdbi(), without a cache";
    }
}
