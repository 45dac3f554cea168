package dev.crossfade.internal.pages;

import dev.crossfade.backfill.BackfillLimits;

/** How many rows the next page should have, so that the slower store takes the page time for it. */
public final class PageSize {
    private static final int FIRST = 500;

    /** Guarded by {@code this}. */
    private double rows = FIRST;

    public synchronized int next(BackfillLimits limits) {
        // With fewer rows a second than that, a page would keep the next one waiting for long.
        long perPage = Math.max(1, Math.min(limits.maxPage(), limits.rowsPerSecond()));
        return (int) Math.max(1, Math.min(perPage, Math.round(rows)));
    }

    /** A page of so many rows kept the slower store busy for this long. */
    public synchronized void took(int read, long nanos, BackfillLimits limits) {
        double wanted = (double) limits.pageTime().toNanos() / Math.max(1, nanos);
        if (wanted > 1 && read < next(limits)) {
            // A short page says nothing about a longer one.
            return;
        }
        rows = Math.max(1, Math.min(limits.maxPage(), rows * Math.max(0.25, Math.min(2, wanted))));
    }

    /** A page failed: the next ones are smaller until they work. */
    public synchronized void failed() {
        rows = Math.max(1, rows / 2);
    }
}
