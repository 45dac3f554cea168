package dev.crossfade.jdbc;

import dev.crossfade.jdbc.ColumnType.Kind;
import dev.crossfade.jdbc.internal.sql.Dialect;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;

/** Whether a column keeps a value as it is. Databases round, pad and cut in silence where these rules refuse. */
final class Fit {
    private static final int NANO_DIGITS = 9;
    private static final int MARIADB_LAST_YEAR = 9999;

    private Fit() {}

    /**
     * Refuses a value that the column would change.
     *
     * @param value as {@link CanonicalForm} has it
     */
    static void require(Object value, ColumnType to) throws UnfitValue {
        if (value instanceof String text) {
            requireText(text, to);
        } else if (value instanceof byte[] bytes) {
            if (to.kind() == Kind.PADDED_BINARY && to.size() > 0 && bytes.length < to.size()) {
                throw new UnfitValue("is shorter than the new column, which fills it up with zeros");
            }
        } else if (value instanceof BigDecimal number) {
            requireNumber(number, to);
        } else if (value instanceof Long whole) {
            if (to.kind() == Kind.FLOAT || to.kind() == Kind.DOUBLE) {
                requireNumber(BigDecimal.valueOf(whole), to);
            }
        } else if (value instanceof Double number) {
            requireBinaryFraction(number, to);
        } else if (value instanceof Float number) {
            requireBinaryFraction(number, to);
        } else {
            requireTime(value, to);
        }
    }

    private static void requireText(String text, ColumnType to) throws UnfitValue {
        if (to.dialect() == Dialect.POSTGRESQL && text.indexOf('\0') >= 0) {
            throw new UnfitValue("holds a NUL character, which PostgreSQL does not");
        }
        if (to.size() > 0 && text.length() > to.size() && text.codePointCount(0, text.length()) > to.size()) {
            throw new UnfitValue("is longer than the new column");
        }
    }

    private static void requireNumber(BigDecimal number, ColumnType to) throws UnfitValue {
        boolean fits = switch (to.kind()) {
            case INTEGER -> decimals(number) == 0;
            case DECIMAL -> to.digits() == ColumnType.ANY_DIGITS || decimals(number) <= to.digits();
            case FLOAT -> isShownAs(number, Float.toString(number.floatValue()));
            case DOUBLE -> isShownAs(number, Double.toString(number.doubleValue()));
            default -> true;
        };
        if (!fits) {
            throw new UnfitValue("has more digits than the new column keeps");
        }
    }

    private static int decimals(BigDecimal number) {
        return number.scale() <= 0 ? 0 : Math.max(0, number.stripTrailingZeros().scale());
    }

    private static boolean isShownAs(BigDecimal number, String shown) {
        return !shown.endsWith("Infinity") && new BigDecimal(shown).compareTo(number) == 0;
    }

    private static void requireBinaryFraction(double number, ColumnType to) throws UnfitValue {
        if (!Double.isFinite(number)) {
            boolean fits = to.dialect() != Dialect.MARIADB
                    && (to.kind() == Kind.FLOAT || to.kind() == Kind.DOUBLE || to.dialect() == Dialect.POSTGRESQL);
            if (!fits) {
                throw new UnfitValue("is infinite or not a number, which the new column does not hold");
            }
        } else if (to.kind() == Kind.FLOAT && (float) number != number) {
            throw new UnfitValue("has more digits than the new column keeps");
        }
    }

    private static void requireTime(Object value, ColumnType to) throws UnfitValue {
        if (value instanceof LocalDate date) {
            requireYear(date.getYear(), to);
        } else if (value instanceof LocalTime time) {
            requireDigits(time.get(ChronoField.NANO_OF_SECOND), to);
        } else if (value instanceof LocalDateTime time && !CanonicalForm.isInfinite(time)) {
            requireDigits(time.get(ChronoField.NANO_OF_SECOND), to);
            requireYear(time.getYear(), to);
        } else if (value instanceof Instant time && !CanonicalForm.isInfinite(time)) {
            requireDigits(time.get(ChronoField.NANO_OF_SECOND), to);
            requireYear(time.atOffset(ZoneOffset.UTC).getYear(), to);
        } else if (CanonicalForm.isInfinite(value) && to.dialect() != Dialect.POSTGRESQL) {
            throw new UnfitValue("is infinite, which the new column does not hold");
        }
    }

    private static void requireDigits(int nanos, ColumnType to) throws UnfitValue {
        int step = 1;
        for (int i = to.digits(); i < NANO_DIGITS; i++) {
            step *= 10;
        }
        if (nanos % step != 0) {
            throw new UnfitValue("has more digits of a second than the new column keeps");
        }
    }

    private static void requireYear(int year, ColumnType to) throws UnfitValue {
        if (to.dialect() == Dialect.MARIADB && (year < 0 || year > MARIADB_LAST_YEAR)) {
            throw new UnfitValue("is outside the years 0 to 9999");
        }
    }
}
