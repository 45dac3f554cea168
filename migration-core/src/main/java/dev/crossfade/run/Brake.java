package dev.crossfade.run;

/** What keeps a page from beginning. */
public enum Brake {
    NONE,
    /** {@link RunLimits#rowsPerSecond}. */
    ROWS_PER_SECOND,
    /** {@link RunLimits#maxDirty}. */
    BACKLOG,
    /** {@link RunLimits#maxLag}. */
    LAG,
    /** {@link RunLimits#maxLatency} of the primary. */
    PRIMARY_SLOW,
    /** {@link RunLimits#maxLatency} of the secondary. */
    SECONDARY_SLOW,
    /** {@link RunLimits#maxSlowdown}: pages go as slowly as the service's writes want it, or pause to see what those take. */
    WRITES_SLOW,
    /** {@link RunLimits#maxErrorShare}. */
    ERRORS
}
