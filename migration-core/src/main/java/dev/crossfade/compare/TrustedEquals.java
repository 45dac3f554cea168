package dev.crossfade.compare;

import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Currency;
import java.util.HashSet;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;

/**
 * Decides for which classes {@code equals} alone proves that two objects are equal in every field. An entity's
 * {@code equals} often compares the id only, so nothing is trusted but value types of the JDK, enums, and records whose
 * {@code equals} the compiler wrote and whose components are all of such types. Collections are not: their elements
 * may be anything.
 */
final class TrustedEquals {

    private static final Set<Class<?>> VALUES = Set.of(
            String.class,
            Boolean.class,
            Character.class,
            Byte.class,
            Short.class,
            Integer.class,
            Long.class,
            Float.class,
            Double.class,
            BigDecimal.class,
            BigInteger.class,
            UUID.class,
            URI.class,
            Locale.class,
            Currency.class,
            Instant.class,
            LocalDate.class,
            LocalDateTime.class,
            LocalTime.class,
            OffsetDateTime.class,
            OffsetTime.class,
            ZonedDateTime.class,
            ZoneOffset.class,
            Duration.class,
            Period.class,
            Year.class,
            YearMonth.class,
            MonthDay.class,
            OptionalInt.class,
            OptionalLong.class,
            OptionalDouble.class);

    private TrustedEquals() {}

    /** Whether {@code equals} of two objects of this class proves that all their fields are equal. */
    static boolean isTrusted(Class<?> type) {
        return isTrusted(type, new HashSet<>());
    }

    static boolean isTrustedValue(Class<?> type) {
        // The usual ones first: this is asked for every field.
        return type == String.class
                || type == Integer.class
                || type == Long.class
                || type == BigDecimal.class
                || type == Boolean.class
                || type == Instant.class
                || VALUES.contains(type);
    }

    /** Whether the objects are the same, or their {@code equals} says that they are and can be trusted. */
    static boolean areProvenEqual(Object primary, Object secondary) {
        return primary == secondary
                || (primary.getClass() == secondary.getClass()
                        && Shape.of(primary.getClass()).trustedEquals()
                        && primary.equals(secondary));
    }

    /** A record that holds itself is trusted if the rest of it is; those seen already are being decided. */
    private static boolean isTrusted(Class<?> type, Set<Class<?>> seen) {
        if (type.isPrimitive() || type.isEnum() || isTrustedValue(type)) {
            return true;
        }
        if (!type.isRecord()) {
            return false;
        }
        if (!seen.add(type)) {
            return true;
        }
        for (RecordComponent component : type.getRecordComponents()) {
            if (!isTrusted(component.getType(), seen)) {
                return false;
            }
        }
        return RecordClassFile.hasImplicitEquals(type);
    }
}
