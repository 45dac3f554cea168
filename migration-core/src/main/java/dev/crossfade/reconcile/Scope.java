package dev.crossfade.reconcile;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.temporal.Temporal;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Which keys of an entity are compared. */
public sealed interface Scope {

    /** Every key that either store has. Only this one, completed, says that the stores are equal. */
    static Scope full() {
        return new Full();
    }

    /**
     * The keys of a range, in the order of each store.
     *
     * @param after the range begins right after this key; {@code null}: with the first key
     * @param upTo  the range's last key; {@code null}: the last key
     */
    static Scope keys(@Nullable Object after, @Nullable Object upTo) {
        return new Keys(after, upTo);
    }

    /**
     * The rows that either store has in a window of time. Needs a backfill from table to table.
     *
     * @param column a column of the table copy that holds a time zone or a point in time on both sides, or else no run
     *               begins, by its name in the new table; an index on it, on both sides, spares reading the whole tables
     * @param from   the first time
     * @param until  the first time that is too late
     */
    static Scope window(String column, Instant from, Instant until) {
        return new Window(column, from, until);
    }

    /** As {@link #window(String, Instant, Instant)}, for a column that holds no time zone on either side. */
    static Scope window(String column, LocalDateTime from, LocalDateTime until) {
        return new Window(column, from, until);
    }

    /**
     * Keys taken by chance, half of them from either store.
     *
     * @param keys how many, 1 to {@value Sample#MAX_KEYS}
     */
    static Scope sample(int keys) {
        return new Sample(keys);
    }

    /**
     * The keys that were written or deleted within this time before the run began, as the ledgers of both sides have it; marked
     * keys count as written, for something may be wrong with them.
     *
     * <p>A write is noted as the last that its transaction does before it commits. Its time is that at which the ledger has
     * locked the key (PostgreSQL) or begins to note its keys (MariaDB, H2), by the clock of its database, with H2 by that of
     * the process. The run reaches back {@link Written#MARGIN} further, and so misses no write unless it took longer than that
     * from then until it had committed, or its clock is that far behind the one of the new store's database, by which the run
     * began. What is committed while it runs may be left to the next run.
     *
     * <p>Where a ledger does not know of the whole time, the run fails and says so: both sides must have been written for that
     * long, and a ledger in memory must be that old and must have had room for every key. While both sides are written, no
     * ledger in a database forgets one. What was written before, or past the library, stands in no ledger: only a full run
     * finds it.
     *
     * @param time more than zero, at most {@link Written#MAX_TIME}
     */
    static Scope writtenInTheLast(Duration time) {
        return new Written(time);
    }

    /**
     * The scope in words, without keys: {@code full}, {@code keys}, {@code sample 500}, {@code window placed_at ..}, {@code
     * written PT1H}.
     */
    String text();

    /** See {@link Scope#full}. */
    record Full() implements Scope {
        @Override
        public String text() {
            return "full";
        }
    }

    /** See {@link Scope#keys}. */
    record Keys(@Nullable Object after, @Nullable Object upTo) implements Scope {
        @Override
        public String text() {
            return "keys";
        }

        /** Keys stay out of logs. */
        @Override
        public String toString() {
            return "Keys[" + (after == null ? "from the first" : "after a key") + ", "
                    + (upTo == null ? "to the last" : "up to a key") + "]";
        }
    }

    /** See {@link Scope#window(String, Instant, Instant)}. */
    record Window(String column, Temporal from, Temporal until) implements Scope {
        public Window {
            if (!Objects.requireNonNull(column, "column").matches("[A-Za-z_][A-Za-z0-9_$]*")) {
                throw new IllegalArgumentException("'" + column + "' is no plain name of a column");
            }
            if (!isBefore(from, until)) {
                throw new IllegalArgumentException("A window goes from " + from + " to " + until
                        + "; choose two times of one kind, Instant or LocalDateTime, the first before the second");
            }
        }

        private static boolean isBefore(Temporal from, Temporal until) {
            if (from instanceof Instant first && until instanceof Instant last) {
                return first.isBefore(last);
            }
            return from instanceof LocalDateTime first && until instanceof LocalDateTime last && first.isBefore(last);
        }

        @Override
        public String text() {
            return "window " + column + " " + from + " " + until;
        }
    }

    /** See {@link Scope#sample}. */
    record Sample(int keys) implements Scope {
        /** The most keys of a sample. */
        public static final int MAX_KEYS = 1_000_000;

        public Sample {
            if (keys < 1 || keys > MAX_KEYS) {
                throw new IllegalArgumentException("A sample of " + keys + " keys; choose 1 to " + MAX_KEYS);
            }
        }

        @Override
        public String text() {
            return "sample " + keys;
        }
    }

    /** See {@link Scope#writtenInTheLast}. */
    record Written(Duration time) implements Scope {
        /** How much further back than asked a run reaches. */
        public static final Duration MARGIN = Duration.ofMinutes(1);

        /** The longest time. */
        public static final Duration MAX_TIME = Duration.ofDays(3_650);

        public Written {
            if (time.isZero() || time.isNegative() || time.compareTo(MAX_TIME) > 0) {
                throw new IllegalArgumentException(
                        "Keys written in the last " + time + "; choose more than zero and at most " + MAX_TIME);
            }
        }

        @Override
        public String text() {
            return "written " + time;
        }
    }
}
