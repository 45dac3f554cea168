package dev.crossfade.backfill;

import java.time.Duration;
import java.util.Objects;

/**
 * How fast a backfill may go. Each can be changed while it runs; every instance of the service has its own.
 *
 * @param threads       pages that this instance has under way at once, 0 to 64; each uses one connection of either store
 * @param pageTime      how long the slower store should take for a page, more than zero; pages grow and shrink towards it
 * @param maxPage       the most rows of a page, 1 to 100 000
 * @param rowsPerSecond the most rows a second of this instance, at least 1
 * @param maxDirty      with more dirty keys of all instances than this, refused rows and parked keys not counted, no page
 *                      begins, 0 or more
 * @param maxLag        while the oldest dirty key is older than this and more than {@value #NO_BACKLOG} are dirty, counted
 *                      likewise, no page begins, zero or more
 * @param maxLatency    while a small query of either store takes longer than this, pages wait between each other, more
 *                      than zero
 * @param maxErrorShare share of the last {@value #ERROR_WINDOW} pages that may fail before pages wait, 0 to 1
 * @param maxRefused    with more rows than this that the new store refuses, the backfill fails, 0 or more
 */
public record BackfillLimits(
        int threads,
        Duration pageTime,
        int maxPage,
        long rowsPerSecond,
        int maxDirty,
        Duration maxLag,
        Duration maxLatency,
        double maxErrorShare,
        long maxRefused) {

    /** So many pages are looked back at to tell the share that failed. */
    public static final int ERROR_WINDOW = 20;

    /** So many dirty keys are no backlog, however old the oldest is. */
    public static final int NO_BACKLOG = 100;

    private static final int MAX_THREADS = 64;
    private static final int MAX_PAGE = 100_000;

    /**
     * 2 threads, half a second a page, 10 000 rows a page, any number of rows a second, 10 000 dirty keys, 5 s of lag,
     * 250 ms of latency, half of the pages failing, 1 000 refused rows.
     */
    public static final BackfillLimits DEFAULT = new BackfillLimits(
            2,
            Duration.ofMillis(500),
            10_000,
            Long.MAX_VALUE,
            10_000,
            Duration.ofSeconds(5),
            Duration.ofMillis(250),
            0.5,
            1_000);

    public BackfillLimits {
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
        require(maxErrorShare >= 0 && maxErrorShare <= 1, "maxErrorShare", maxErrorShare, "0 to 1 (default 0.5)");
        require(maxRefused >= 0, "maxRefused", maxRefused, "0 or more (default 1000)");
    }

    private static boolean isPositive(Duration duration) {
        return !duration.isNegative() && !duration.isZero();
    }

    private static void require(boolean fits, String name, Object value, String range) {
        if (!fits) {
            throw new IllegalArgumentException("Backfill " + name + " is " + value + "; choose " + range);
        }
    }

    public BackfillLimits withThreads(int count) {
        return new BackfillLimits(
                count, pageTime, maxPage, rowsPerSecond, maxDirty, maxLag, maxLatency, maxErrorShare, maxRefused);
    }

    public BackfillLimits withPageTime(Duration time) {
        return new BackfillLimits(
                threads, time, maxPage, rowsPerSecond, maxDirty, maxLag, maxLatency, maxErrorShare, maxRefused);
    }

    public BackfillLimits withMaxPage(int rows) {
        return new BackfillLimits(
                threads, pageTime, rows, rowsPerSecond, maxDirty, maxLag, maxLatency, maxErrorShare, maxRefused);
    }

    public BackfillLimits withRowsPerSecond(long rows) {
        return new BackfillLimits(
                threads, pageTime, maxPage, rows, maxDirty, maxLag, maxLatency, maxErrorShare, maxRefused);
    }

    public BackfillLimits withMaxDirty(int keys) {
        return new BackfillLimits(
                threads, pageTime, maxPage, rowsPerSecond, keys, maxLag, maxLatency, maxErrorShare, maxRefused);
    }

    public BackfillLimits withMaxLag(Duration lag) {
        return new BackfillLimits(
                threads, pageTime, maxPage, rowsPerSecond, maxDirty, lag, maxLatency, maxErrorShare, maxRefused);
    }

    public BackfillLimits withMaxLatency(Duration latency) {
        return new BackfillLimits(
                threads, pageTime, maxPage, rowsPerSecond, maxDirty, maxLag, latency, maxErrorShare, maxRefused);
    }

    public BackfillLimits withMaxErrorShare(double share) {
        return new BackfillLimits(
                threads, pageTime, maxPage, rowsPerSecond, maxDirty, maxLag, maxLatency, share, maxRefused);
    }

    public BackfillLimits withMaxRefused(long rows) {
        return new BackfillLimits(
                threads, pageTime, maxPage, rowsPerSecond, maxDirty, maxLag, maxLatency, maxErrorShare, rows);
    }
}
