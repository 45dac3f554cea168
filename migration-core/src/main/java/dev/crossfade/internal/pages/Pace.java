package dev.crossfade.internal.pages;

import dev.crossfade.internal.view.WriteTimes;
import dev.crossfade.internal.view.WriteTimes.Seen;
import dev.crossfade.run.RunLimits;
import dev.crossfade.spi.Platform;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How many rows a second pages may have so that the service's own writes take hardly longer than without them. While the
 * service writes little, there is no bound. Otherwise pages pause for a moment, so that it is known how long writes take
 * without them; then they begin slowly, go half as fast again with every window of time in which writes do not notice them,
 * pause and go half as fast when writes have become too slow, and faster by a little at a time from then on: slow increase
 * and fast decrease as in D.-M. Chiu and R. Jain, "Analysis of the Increase and Decrease Algorithms for Congestion Avoidance
 * in Computer Networks", 1989, with a slow start. Not safe for use by many threads.
 */
final class Pace {
    /** With fewer writes than this in {@link #LONG} the service writes little. */
    static final int ENOUGH = 20;

    /** So many writes tell whether they are slow: fewer would seem so by chance again and again. */
    static final int TELLING = 100;

    /** Writes are looked at together for at least this long, and until there are {@link #TELLING} or it is {@link #LONG}. */
    static final Duration SHORT = Duration.ofSeconds(1);

    static final Duration LONG = Duration.ofSeconds(10);

    /** What pages that were under way have begun is over after this. */
    static final Duration SETTLE = Duration.ofMillis(300);

    /** The rows a second that pages begin with. */
    static final long FIRST = 1_000;

    static final long SLOWEST = 200;

    /** So often writes are looked at before pages pause again: what a write takes without them changes in time. */
    static final int WINDOWS = 30;

    /** Rows of a page take this share of a second at most: a longer one would hold writes up for too long at once. */
    private static final int PAGES_PER_SECOND = 20;

    private static final double SHARE = 0.75;
    private static final double FIRST_FASTER = 1.5;
    private static final double FASTER = 1.1;

    private final Platform platform;
    private final WriteTimes times;

    private State state = State.FREE;
    private @Nullable Seen seen;
    private long beganAt;
    private long rows;
    private long rate = Long.MAX_VALUE;
    private boolean slowStart;
    private double undisturbed;
    private int windows;

    private enum State {
        /** The service writes little. */
        FREE,
        /** No page begins, and those under way come to their end. */
        SETTLING,
        /** No page runs. */
        CALM,
        /** Pages have a bound. */
        BOUND
    }

    Pace(Platform platform, WriteTimes times) {
        this.platform = platform;
        this.times = times;
    }

    /** A job begins: writes are listened to until {@link #end}. */
    void begin() {
        if (seen == null) {
            times.listen();
            enter(State.FREE);
        }
    }

    void end() {
        if (seen != null) {
            times.leave();
            enter(State.FREE);
            seen = null;
        }
    }

    void read(int count) {
        rows += count;
    }

    boolean isCalm() {
        return state == State.SETTLING || state == State.CALM;
    }

    /** The limits, tightened to the pace. */
    RunLimits bound(RunLimits limits) {
        if (rate >= limits.rowsPerSecond()) {
            return limits;
        }
        int page = (int) Math.max(1, Math.min(limits.maxPage(), rate / PAGES_PER_SECOND));
        return limits.withRowsPerSecond(rate).withMaxPage(page);
    }

    /** To be called often while pages run or wait. */
    void look(RunLimits limits) {
        long took = platform.nanoTime() - beganAt;
        if (limits.maxSlowdown() == Double.POSITIVE_INFINITY) {
            if (state != State.FREE) {
                enter(State.FREE);
            }
        } else if (state == State.SETTLING) {
            if (took >= settleTime(limits)) {
                enter(undisturbed == 0 || windows >= WINDOWS ? State.CALM : State.BOUND);
            }
        } else if (took > 0) {
            Seen before = Objects.requireNonNull(seen);
            Seen now = times.look();
            long writes = now.since(before);
            if (writes >= ENOUGH) {
                boolean isOver = took >= LONG.toNanos() || (took >= SHORT.toNanos() && writes >= TELLING);
                look(before, now, isOver ? took : 0, limits.maxSlowdown());
            } else if (took >= LONG.toNanos()) {
                few();
            }
        }
    }

    /** Before the first pause pages had no bound: each took its page time on either side. */
    private long settleTime(RunLimits limits) {
        return undisturbed == 0
                ? Math.max(SETTLE.toNanos(), 2 * limits.pageTime().toNanos())
                : SETTLE.toNanos();
    }

    /** That writes are slow may be why so few have ended. */
    private void few() {
        if (state == State.FREE || !times.isAnyUnderWay()) {
            enter(State.FREE);
        } else if (state == State.BOUND) {
            slower();
        } else {
            // Slow without pages: those are not to blame, and must not make it worse.
            undisturbed = undisturbed == 0 ? LONG.toNanos() : undisturbed;
            windows = 0;
            slowStart = false;
            rate = SLOWEST;
            enter(State.BOUND);
        }
    }

    /** @param took 0 while more writes are waited for */
    private void look(Seen before, Seen now, long took, double maxSlowdown) {
        boolean isOver = took > 0;
        if (state == State.FREE) {
            enter(State.SETTLING);
        } else if (state == State.BOUND && now.quantileSince(before, 0.5) > maxSlowdown * undisturbed) {
            // Every other write is slower than one in four may be: that is no chance, and no time is to be lost.
            slower();
        } else if (isOver && state == State.BOUND) {
            double times = now.quantileSince(before, SHARE) / undisturbed;
            if (times > maxSlowdown) {
                slower();
            } else {
                windows++;
                // The step after the one that they notice is the one that hurts.
                slowStart &= times < (1 + maxSlowdown) / 2;
                faster(took);
                enter(windows < WINDOWS ? State.BOUND : State.SETTLING);
            }
        } else if (isOver) {
            double quantile = now.quantileSince(before, SHARE);
            undisturbed = undisturbed == 0 ? quantile : (undisturbed + quantile) / 2;
            windows = 0;
            if (rate == Long.MAX_VALUE) {
                rate = FIRST;
                slowStart = true;
            }
            enter(State.BOUND);
        }
    }

    private void slower() {
        windows++;
        slowStart = false;
        rate = Math.max(SLOWEST, rate / 2);
        enter(State.SETTLING);
    }

    /** What something else holds back does not become ever faster. */
    private void faster(long took) {
        double most = Math.max(FIRST, 2e9 * rows / took);
        rate = Math.max(rate, (long) Math.min(most, (slowStart ? FIRST_FASTER : FASTER) * rate));
    }

    private void enter(State next) {
        if (next == State.FREE) {
            rate = Long.MAX_VALUE;
            undisturbed = 0;
        }
        state = next;
        seen = times.look();
        beganAt = platform.nanoTime();
        rows = 0;
    }
}
