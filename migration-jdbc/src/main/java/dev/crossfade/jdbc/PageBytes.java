package dev.crossfade.jdbc;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Keeps pages of rows that may be of any size within some megabytes: begins with few rows, and goes by the largest row of the
 * page before. For use by many threads, which share what they have learnt.
 */
final class PageBytes {
    /** A page of more rows than one holds no more than this, unless rows grow from one page to the next. */
    static final long MOST = 16L << 20;

    /** Not worth counting. */
    private static final int SMALL = 4 << 10;

    private static final int MOST_OF_A_NUMBER = 100;
    private static final int FIRST_ROWS = 4;
    private static final int GROWTH = 8;

    private volatile int allowed = FIRST_ROWS;

    /** How many rows to ask for, of those that are wanted. */
    int limit(int wanted) {
        return Math.min(wanted, allowed);
    }

    /**
     * Takes note of a page.
     *
     * @param rows    how many it had
     * @param largest the bytes of its largest row
     */
    void saw(int rows, long largest) {
        long fit = Math.max(1, MOST / Math.max(1, largest));
        int now = allowed;
        // A page that was asked for less than is allowed says nothing of more.
        long grown = rows >= now ? (long) now * GROWTH : now;
        allowed = (int) Math.min(Integer.MAX_VALUE, Math.min(fit, grown));
    }

    /** About how much memory values take. */
    static long bytes(@Nullable Object[] values) {
        long bytes = 0;
        for (Object value : values) {
            if (value instanceof String text) {
                bytes += text.length();
            } else if (value instanceof byte[] array) {
                bytes += array.length;
            } else {
                bytes += Long.BYTES;
            }
        }
        return bytes;
    }

    /** How many bytes a statement of MariaDB's driver takes for values, which escapes quotes, backslashes and zeros. */
    static long sent(@Nullable Object[] values) {
        long bytes = 0;
        for (Object value : values) {
            if (value instanceof String text) {
                bytes += sent(text);
            } else if (value instanceof byte[] array) {
                bytes += sent(array);
            } else {
                bytes += MOST_OF_A_NUMBER;
            }
        }
        return bytes;
    }

    private static long sent(String text) {
        // In UTF-8 a character takes three bytes at most, and one that is escaped takes two.
        long most = 3L * text.length();
        return most <= SMALL ? most : sent(text.getBytes(StandardCharsets.UTF_8));
    }

    private static long sent(byte[] bytes) {
        long sent = bytes.length;
        for (byte each : bytes) {
            sent += each == 0 || each == '\'' || each == '"' || each == '\\' ? 1 : 0;
        }
        return sent;
    }
}
