package dev.crossfade.jdbc.internal.sql;

/**
 * How the counter of a version grows: a write raises it to the next multiple of {@value #WRITE}, a mark by one.
 *
 * <p>A primary that has lost a write in a failover nobody has noticed may be marked any number of times, by read repair or a
 * copy, before the generation is raised. These marks must not lift its version to that of the lost write, or the secondary
 * that has kept it would not be ahead any more and would be overwritten.
 *
 * <p>After {@value #WRITE} marks of one key without a write in between, the next mark reaches the next multiple: the versions
 * still grow, and refreshes stay right; only a write lost before all of these marks would no longer show. There is room for
 * 2^43 writes of one key.
 */
public final class Counter {
    /** What a write raises the counter to a multiple of. */
    public static final long WRITE = 1 << 20;

    private Counter() {}

    /** The counter after a write, as an expression of the counter before it. */
    static String afterWrite(String before) {
        return "%1$s - MOD(%1$s, %2$d) + %2$d".formatted(before, WRITE);
    }

    /** The counter after a mark, as an expression of the counter before it. */
    static String afterMark(String before) {
        return before + " + 1";
    }
}
