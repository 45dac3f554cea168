package dev.crossfade.jdbc;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How many rows of one side fit into the memory that a page may take: it begins with a few, and goes by the width of those
 * that were read last. Safe for use by many threads.
 */
final class RowBudget {
    /** What the rows of a page take up, about; no row more is read beyond. */
    static final long PAGE_BYTES = 8L << 20;

    /** What a statement that inserts rows takes up, about: servers refuse statements that are too long. */
    static final long STATEMENT_BYTES = 1L << 20;

    private static final int FETCHES_A_PAGE = 8;
    private static final int FIRST = 32;
    private static final int GROWTH = 4;
    private static final int OF_A_ROW = 100;
    private static final int OF_A_VALUE = 32;

    /** Guarded by {@code this}. */
    private long fitting = FIRST;

    /** At most this many rows should be read now. */
    synchronized int next(int max) {
        return (int) Math.min(max, fitting);
    }

    /** Of a page of so many rows, how many the driver should hold at once. */
    static int fetch(int rows) {
        return Math.max(1, rows / FETCHES_A_PAGE);
    }

    /** So many rows took up so many bytes. */
    synchronized void read(int rows, long bytes) {
        if (rows > 0) {
            long fit = Math.max(1, PAGE_BYTES * rows / Math.max(1, bytes));
            fitting = Math.min(fit, Math.max(fitting, (long) GROWTH * rows));
        }
    }

    /** About how many bytes a row with these values takes up. */
    static long bytesOf(List<? extends @Nullable Object> values) {
        long bytes = OF_A_ROW;
        for (Object value : values) {
            bytes += OF_A_VALUE;
            if (value instanceof byte[] raw) {
                bytes += raw.length;
            } else if (value instanceof CharSequence text) {
                bytes += text.length();
            }
        }
        return bytes;
    }
}
