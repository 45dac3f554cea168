package dev.crossfade.run;

/** Where a backfill or a reconciliation stands. */
public enum RunState {
    /** Nobody has started it. */
    NOT_STARTED,
    /** Pages are worked on, by whichever instance has started or joined it. */
    RUNNING,
    /** No page begins before someone resumes it. */
    PAUSED,
    /** It came to its end: all keys were gone through. */
    COMPLETED,
    /** Someone cancelled it; rows that have crossed and findings stay. */
    CANCELLED,
    /** It gave up; its status says why. */
    FAILED,
    /** The generation was raised, or the dual write ended before it did: what was found out says nothing any more. */
    VOID;

    /** Whether no page will begin any more unless it is started again. */
    public boolean isEnd() {
        return this != RUNNING && this != PAUSED;
    }
}
