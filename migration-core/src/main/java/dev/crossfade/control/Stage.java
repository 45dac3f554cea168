package dev.crossfade.control;

import dev.crossfade.Side;

/**
 * Where a migration stands. Only neighbours follow each other, forwards and backwards, and {@link #NEW_ONLY} is final.
 */
public enum Stage {
    /** The service before the migration: legacy alone is read and written. */
    LEGACY_ONLY(Side.LEGACY, false),
    /** Dual write: legacy makes a write true, the new store follows; reads go by the dial. */
    LEGACY_PRIMARY(Side.LEGACY, true),
    /** Dual write the other way round: the new store makes a write true, legacy follows and keeps the way back warm. */
    NEW_PRIMARY(Side.NEW, true),
    /** The end: the new store alone is read and written. There is no way back. */
    NEW_ONLY(Side.NEW, false);

    private final Side primary;
    private final boolean dualWrite;

    Stage(Side primary, boolean dualWrite) {
        this.primary = primary;
        this.dualWrite = dualWrite;
    }

    /** The side whose commit makes a write true in this stage. */
    public Side primary() {
        return primary;
    }

    /** Whether both stores are kept equal in this stage; true for the two middle stages. */
    public boolean isDualWrite() {
        return dualWrite;
    }

    /** Whether a migration may move from this stage to the given one in one step. False for the stage itself. */
    public boolean mayMoveTo(Stage target) {
        return this != NEW_ONLY && Math.abs(compareTo(target)) == 1;
    }
}
