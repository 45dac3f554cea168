package dev.crossfade;

/** One of the two stores of a migration. The sides never change; which of them is primary does. */
public enum Side {
    /** The store that the migration moves away from. */
    LEGACY,
    /** The store that the migration moves to. */
    NEW;

    /** The opposite side. */
    public Side other() {
        return this == LEGACY ? NEW : LEGACY;
    }
}
