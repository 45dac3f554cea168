package dev.crossfade.reconcile;

import dev.crossfade.run.RunState;

/** What a reconciliation says about its scope. */
public enum Verdict {
    /** Everything was read and nothing differs but what an operator has accepted; lagging keys are the relay's. */
    CLEAN,
    /** Keys differ, and nobody has accepted that. */
    DIFFERENT,
    /** Nothing was found to differ, but not everything could be read and compared, or it did not come to its end. */
    INCOMPLETE;

    /** The verdict on a run that stands like this. */
    public static Verdict of(RunState state, Counts counts) {
        if (counts.findings() > 0) {
            return DIFFERENT;
        }
        return state == RunState.COMPLETED && counts.unknown() == 0 ? CLEAN : INCOMPLETE;
    }
}
