package dev.crossfade.run;

import java.time.Duration;
import java.util.Objects;

/**
 * How fast a backfill or a reconciliation may go. Each can be changed while it runs; every instance of the service has its own.
 *
 * @param threads       pages that this instance has under way at once, 0 to 64; each uses one connection of either store.
 *                      A reconciliation has one, and with 2 or more reads the next one on the primary meanwhile
 * @param pageTime      how long the slower store should take for a page, more than zero; pages grow and shrink towards it
 * @param maxPage       the most rows of a page, 1 to 100 000
 * @param rowsPerSecond the most rows a second of this instance, at least 1
 * @param maxDirty      with more dirty keys of all instances than this, refused rows and parked keys not counted, no page
 *                      begins, 0 or more
 * @param maxLag        while the oldest dirty key is older than this and more than {@value #NO_BACKLOG} are dirty, counted
 *                      likewise, no page begins, zero or more
 * @param maxLatency    while a small query of either store takes longer than this, pages wait between each other, more
 *                      than zero
 * @param maxSlowdown   how many times as long as without pages three in four of this instance's own writes may take, 1 or
 *                      more: while it writes at least twice a second, pages go as fast as that allows, and pause now and then for
 *                      1 to 10 s, the fewer writes the longer, to see what those take without pages of this run; other
 *                      runs and instances do not pause with it. Infinite: no matter
 * @param maxErrorShare share of the last {@value #ERROR_WINDOW} pages that may fail before pages wait, 0 to 1
 */
public record RunLimits(
        int threads,
        Duration pageTime,
        int maxPage,
        long rowsPerSecond,
        int maxDirty,
        Duration maxLag,
        Duration maxLatency,
        double maxSlowdown,
        double maxErrorShare) {

    /** So many pages are looked back at to tell the share that failed. */
    public static final int ERROR_WINDOW = 20;

    /** So many dirty keys are no backlog, however old the oldest is. */
    public static final int NO_BACKLOG = 100;

    private static final int MAX_THREADS = 64;
    private static final int MAX_PAGE = 100_000;

    /**
     * 2 threads, half a second a page, 10 000 rows a page, any number of rows a second, 10 000 dirty keys, 5 s of lag,
     * 250 ms of latency, writes 1.5 times as slow, half of the pages failing.
     */
    public static final RunLimits DEFAULT = new RunLimits(
            2,
            Duration.ofMillis(500),
            10_000,
            Long.MAX_VALUE,
            10_000,
            Duration.ofSeconds(5),
            Duration.ofMillis(250),
            1.5,
            0.5);

    public RunLimits {
        Objects.requireNonNull(pageTime, "pageTime");
        Objects.requireNonNull(maxLag, "maxLag");
        Objects.requireNonNull(maxLatency, "maxLatency");
        require(threads >= 0 && threads <= MAX_THREADS, "threads", threads, "0 to 64 (default 2)");
        require(isPositive(pageTime), "pageTime", pageTime, "more than zero (default 500 ms)");
        require(maxPage >= 1 && maxPage <= MAX_PAGE, "maxPage", maxPage, "1 to 100000 (default 10000)");
        require(rowsPerSecond >= 1, "rowsPerSecond", rowsPerSecond, "1 or more (default: no limit)");
        require(maxDirty >= 0, "maxDirty", maxDirty, "0 or more (default 10000)");
        require(!maxLag.isNegative(), "maxLag", maxLag, "zero or more (default 5 s)");
        require(isPositive(maxLatency), "maxLatency", maxLatency, "more than zero (default 250 ms)");
        require(maxSlowdown >= 1, "maxSlowdown", maxSlowdown, "1 or more (default 1.5)");
        require(maxErrorShare >= 0 && maxErrorShare <= 1, "maxErrorShare", maxErrorShare, "0 to 1 (default 0.5)");
    }

    private static boolean isPositive(Duration duration) {
        return !duration.isNegative() && !duration.isZero();
    }

    private static void require(boolean fits, String name, Object value, String range) {
        if (!fits) {
            throw new IllegalArgumentException("The limit " + name + " is " + value + "; choose " + range);
        }
    }

    public RunLimits withThreads(int count) {
        return new RunLimits(
                count, pageTime, maxPage, rowsPerSecond, maxDirty, maxLag, maxLatency, maxSlowdown, maxErrorShare);
    }

    public RunLimits withPageTime(Duration time) {
        return new RunLimits(
                threads, time, maxPage, rowsPerSecond, maxDirty, maxLag, maxLatency, maxSlowdown, maxErrorShare);
    }

    public RunLimits withMaxPage(int rows) {
        return new RunLimits(
                threads, pageTime, rows, rowsPerSecond, maxDirty, maxLag, maxLatency, maxSlowdown, maxErrorShare);
    }

    public RunLimits withRowsPerSecond(long rows) {
        return new RunLimits(
                threads, pageTime, maxPage, rows, maxDirty, maxLag, maxLatency, maxSlowdown, maxErrorShare);
    }

    public RunLimits withMaxDirty(int keys) {
        return new RunLimits(
                threads, pageTime, maxPage, rowsPerSecond, keys, maxLag, maxLatency, maxSlowdown, maxErrorShare);
    }

    public RunLimits withMaxLag(Duration lag) {
        return new RunLimits(
                threads, pageTime, maxPage, rowsPerSecond, maxDirty, lag, maxLatency, maxSlowdown, maxErrorShare);
    }

    public RunLimits withMaxLatency(Duration latency) {
        return new RunLimits(
                threads, pageTime, maxPage, rowsPerSecond, maxDirty, maxLag, latency, maxSlowdown, maxErrorShare);
    }

    public RunLimits withMaxSlowdown(double times) {
        return new RunLimits(
                threads, pageTime, maxPage, rowsPerSecond, maxDirty, maxLag, maxLatency, times, maxErrorShare);
    }

    public RunLimits withMaxErrorShare(double share) {
        return new RunLimits(
                threads, pageTime, maxPage, rowsPerSecond, maxDirty, maxLag, maxLatency, maxSlowdown, share);
    }
}
