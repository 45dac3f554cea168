package dev.crossfade.compare;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Numbers of the JDK, compared by value whatever their types and scales. */
final class Numbers {

    /** Scaling beyond this many digits costs more than the class of difference is worth. */
    private static final int MAX_DIGITS = 1_000;

    private Numbers() {}

    static boolean isNumber(Object value) {
        return value instanceof Number && (isIntegral(value) || isFloating(value) || isBig(value));
    }

    /** How the numbers differ, or {@code null} if they are equal. NaN equals NaN, and -0.0 equals 0.0. */
    static @Nullable DifferenceClass difference(Number primary, Number secondary) {
        if (isIntegral(primary) && isIntegral(secondary)) {
            return primary.longValue() == secondary.longValue() ? null : DifferenceClass.VALUE;
        }
        if (isFloating(primary) && isFloating(secondary)) {
            double x = primary.doubleValue();
            double y = secondary.doubleValue();
            if (x == y || (Double.isNaN(x) && Double.isNaN(y))) {
                return null;
            }
        }
        if (!isFinite(primary) || !isFinite(secondary)) {
            return DifferenceClass.VALUE;
        }
        return decimalDifference(primary, secondary);
    }

    /** A number that is equal to the canonical form of every number of the same value. */
    static Object canonical(Number number) {
        if (!isFinite(number)) {
            return number.doubleValue();
        }
        BigDecimal decimal = decimal(number);
        return decimal.signum() == 0 ? BigDecimal.ZERO : decimal.stripTrailingZeros();
    }

    private static @Nullable DifferenceClass decimalDifference(Number primary, Number secondary) {
        BigDecimal x = decimal(primary);
        BigDecimal y = decimal(secondary);
        if (x.compareTo(y) == 0 || isExactly(primary, y) || isExactly(secondary, x)) {
            return null;
        }
        return agreeAtCoarserScale(x, y) ? DifferenceClass.PRECISION : DifferenceClass.VALUE;
    }

    /** The shortest decimal that names the number, which is what a person and a decimal column hold. */
    private static BigDecimal decimal(Number number) {
        if (number instanceof BigDecimal decimal) {
            return decimal;
        }
        if (number instanceof BigInteger integer) {
            return new BigDecimal(integer);
        }
        return isFloating(number) ? new BigDecimal(number.toString()) : BigDecimal.valueOf(number.longValue());
    }

    /** A binary fraction may also have been carried over with all of its digits. */
    private static boolean isExactly(Number number, BigDecimal other) {
        return isFloating(number) && new BigDecimal(number.doubleValue()).compareTo(other) == 0;
    }

    private static boolean agreeAtCoarserScale(BigDecimal x, BigDecimal y) {
        if (x.scale() == y.scale() || isExtreme(x) || isExtreme(y)) {
            return false;
        }
        int scale = Math.max(0, Math.min(x.scale(), y.scale()));
        return agree(x, y, scale, RoundingMode.HALF_UP) || agree(x, y, scale, RoundingMode.DOWN);
    }

    private static boolean agree(BigDecimal x, BigDecimal y, int scale, RoundingMode rounding) {
        return x.setScale(scale, rounding).compareTo(y.setScale(scale, rounding)) == 0;
    }

    private static boolean isExtreme(BigDecimal decimal) {
        return Math.abs((long) decimal.scale()) > MAX_DIGITS || decimal.precision() > MAX_DIGITS;
    }

    private static boolean isFinite(Number number) {
        return !isFloating(number) || Double.isFinite(number.doubleValue());
    }

    private static boolean isIntegral(Object value) {
        return value instanceof Long
                || value instanceof Integer
                || value instanceof Short
                || value instanceof Byte
                || value instanceof AtomicLong
                || value instanceof AtomicInteger;
    }

    private static boolean isFloating(Object value) {
        return value instanceof Double || value instanceof Float;
    }

    private static boolean isBig(Object value) {
        return value instanceof BigDecimal || value instanceof BigInteger;
    }
}
