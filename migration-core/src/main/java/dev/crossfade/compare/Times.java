package dev.crossfade.compare;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import org.jspecify.annotations.Nullable;

/**
 * Points in time and local times. Values of one scale are compared whatever their types: an {@code OffsetDateTime} and
 * a {@code Timestamp} are both instants. An instant and a local time differ in type, for a zone would have to be
 * guessed.
 */
final class Times {

    private static final int MICRO = 1_000;
    private static final int MILLI = 1_000_000;
    private static final long SECOND = 1_000_000_000;
    private static final long QUARTER_HOUR_SECONDS = 900;
    private static final long MAX_SHIFT_SECONDS = 18 * 3_600;

    private Times() {}

    static boolean isTime(Object value) {
        return value instanceof Instant
                || value instanceof LocalDateTime
                || value instanceof LocalDate
                || value instanceof OffsetDateTime
                || value instanceof ZonedDateTime
                || value instanceof LocalTime
                || value instanceof Date;
    }

    /**
     * How the times differ, or {@code null} if they are equal.
     *
     * @param precision times less than this apart are equal; {@code null} compares to the coarser precision of the two
     */
    static @Nullable DifferenceClass difference(Object primary, Object secondary, @Nullable ChronoUnit precision) {
        Moment x = moment(primary);
        Moment y = moment(secondary);
        if (x.scale != y.scale) {
            return DifferenceClass.TYPE;
        }
        boolean equal = precision == null
                ? x.equals(y) || isCutTo(x, y, MICRO) || isCutTo(x, y, MILLI)
                : isCloserThan(x, y, precision.getDuration().toNanos());
        return equal ? null : classify(x, y);
    }

    /** A value equal to the canonical form of every type's value for the same moment. */
    static Object canonical(Object time) {
        return moment(time);
    }

    /** Whether one side shows no digits below the step, and the other side is the same when cut there. */
    private static boolean isCutTo(Moment x, Moment y, int step) {
        return x.seconds == y.seconds
                && x.nanos / step == y.nanos / step
                && (x.nanos % step == 0 || y.nanos % step == 0);
    }

    private static boolean isCloserThan(Moment x, Moment y, long nanos) {
        return Math.abs(x.seconds - y.seconds) <= 1 && apart(x, y) < nanos;
    }

    private static long apart(Moment x, Moment y) {
        return Math.abs((x.seconds - y.seconds) * SECOND + x.nanos - y.nanos);
    }

    private static DifferenceClass classify(Moment x, Moment y) {
        long seconds = Math.abs(x.seconds - y.seconds);
        if (x.scale == Scale.DATE) {
            return DifferenceClass.TIME;
        }
        if (seconds <= 1 && apart(x, y) < SECOND) {
            return DifferenceClass.PRECISION;
        }
        boolean shifted = x.nanos == y.nanos && seconds <= MAX_SHIFT_SECONDS && seconds % QUARTER_HOUR_SECONDS == 0;
        return shifted ? DifferenceClass.TIME_SHIFT : DifferenceClass.TIME;
    }

    private static Moment moment(Object value) {
        if (value instanceof Instant instant) {
            return instant(instant);
        }
        if (value instanceof OffsetDateTime time) {
            return instant(time.toInstant());
        }
        if (value instanceof ZonedDateTime time) {
            return instant(time.toInstant());
        }
        if (value instanceof LocalDateTime time) {
            Instant sameDigits = time.toInstant(ZoneOffset.UTC);
            return new Moment(Scale.DATE_TIME, sameDigits.getEpochSecond(), sameDigits.getNano());
        }
        if (value instanceof LocalDate date) {
            return date(date);
        }
        if (value instanceof LocalTime time) {
            return timeOfDay(time.toNanoOfDay());
        }
        return legacyMoment((Date) value);
    }

    private static Moment legacyMoment(Date value) {
        if (value instanceof java.sql.Date date) {
            return date(date.toLocalDate());
        }
        if (value instanceof java.sql.Time time) {
            return timeOfDay(time.toLocalTime().toNanoOfDay() + Math.floorMod(time.getTime(), 1_000L) * MILLI);
        }
        return instant(value.toInstant());
    }

    private static Moment instant(Instant instant) {
        return new Moment(Scale.INSTANT, instant.getEpochSecond(), instant.getNano());
    }

    private static Moment timeOfDay(long nanos) {
        return new Moment(Scale.TIME_OF_DAY, nanos / SECOND, (int) (nanos % SECOND));
    }

    private static Moment date(LocalDate date) {
        return new Moment(Scale.DATE, date.toEpochDay() * 24 * 3_600, 0);
    }

    private enum Scale {
        INSTANT,
        DATE_TIME,
        DATE,
        TIME_OF_DAY
    }

    private record Moment(Scale scale, long seconds, int nanos) {}
}
