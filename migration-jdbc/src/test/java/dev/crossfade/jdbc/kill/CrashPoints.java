package dev.crossfade.jdbc.kill;

import org.jspecify.annotations.Nullable;

/** The crash points of one child. Safe for use by many threads. */
public final class CrashPoints {
    private volatile @Nullable CrashPoint armed;

    void arm(CrashPoint point) {
        armed = point;
    }

    /** Ends the JVM on the spot if it was told to die here: no finally block, no shutdown hook, no flush. */
    public void reached(CrashPoint point) {
        if (point == armed) {
            Runtime.getRuntime().halt(point.exitCode());
        }
    }
}
