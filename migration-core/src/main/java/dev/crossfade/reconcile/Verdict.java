package dev.crossfade.reconcile;

import dev.crossfade.run.RunState;

/** What a reconciliation says about its scope. */
public enum Verdict {
    /** Everything was compared and nothing differs but what an operator has accepted. */
    CLEAN,
    /** Keys differ, and nobody has accepted that. */
    DIFFERENT,
    /**
     * Nothing was found to differ, but not everything was compared: keys could not be read or were on their way until the end,
     * or it did not come to its end. Keys that were on their way are looked at again before the end, unless there were more
     * than ten thousand of them or another instance went on with the run meanwhile: then another run settles them.
     */
    INCOMPLETE;

    /** The verdict on a run that stands like this. */
    public static Verdict of(RunState state, Counts counts) {
        if (counts.findings() > 0) {
            return DIFFERENT;
        }
        boolean comparedAll = counts.unknown() == 0 && counts.lagging() == 0;
        return state == RunState.COMPLETED && comparedAll ? CLEAN : INCOMPLETE;
    }
}
