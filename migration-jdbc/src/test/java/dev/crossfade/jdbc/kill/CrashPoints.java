package dev.crossfade.jdbc.kill;

import org.jspecify.annotations.Nullable;

/** The crash points of one child. Safe for use by many threads. */
public final class CrashPoints {
    private volatile @Nullable CrashPoint armed;

    void arm(CrashPoint point) {
        armed = point;
    }

    /** Whether a step of a move is waited for; finding out which one it is costs something. */
    boolean isArmedForMove() {
        CrashPoint point = armed;
        return point == CrashPoint.AFTER_DRAIN
                || point == CrashPoint.AFTER_PREPARE
                || point == CrashPoint.AFTER_RELEASE;
    }

    /** Ends the JVM on the spot if it was told to die here: no finally block, no shutdown hook, no flush. */
    public void reached(CrashPoint point) {
        if (point == armed) {
            Runtime.getRuntime().halt(point.exitCode());
        }
    }
}
