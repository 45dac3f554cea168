package dev.crossfade.jdbc;

import dev.crossfade.jdbc.ColumnType.Kind;
import dev.crossfade.jdbc.internal.sql.Dialect;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The one form in which a value is read, compared and written, whatever the types of its column on both sides and the zones
 * of sessions and JVM are.
 */
enum CanonicalForm {
    /** {@code Boolean}. */
    BOOLEAN,
    /** {@code Long} or {@code BigDecimal}; {@code Double} if it is not finite. */
    NUMBER,
    /** {@code Float}. */
    FLOAT,
    /** {@code Double}. */
    DOUBLE,
    /** {@code String}. */
    TEXT,
    /** {@code String}; blanks at its end do not count. */
    PADDED_TEXT,
    /** {@code byte[]}. */
    BINARY,
    /** {@code LocalDate}. */
    DATE,
    /** {@code LocalTime}. */
    TIME,
    /** {@code LocalDateTime}. */
    LOCAL,
    /** {@code Instant}. */
    INSTANT,
    /** {@code UUID}. */
    UUID,
    /** {@code String}, compared as JSON. */
    JSON;

    private static final Instant LATEST = OffsetDateTime.MAX.toInstant();
    private static final Instant EARLIEST = OffsetDateTime.MIN.toInstant();
    private static final String INFINITY = "infinity";
    private static final String MINUS_INFINITY = "-infinity";
    private static final int UUID_BYTES = 16;
    private static final int UUID_CHARACTERS = 36;
    private static final String NO_DATE = "is no date that exists";

    /** Whether PostgreSQL means infinity by this time, as its driver hands it out. */
    static boolean isInfinite(Object time) {
        return time.equals(LATEST)
                || time.equals(EARLIEST)
                || time.equals(LocalDateTime.MAX)
                || time.equals(LocalDateTime.MIN)
                || time.equals(LocalDate.MAX)
                || time.equals(LocalDate.MIN);
    }

    /** The form for a column of these types on the two sides; empty if something would have to be guessed. */
    static Optional<CanonicalForm> of(ColumnType x, ColumnType y) {
        Set<Kind> kinds = EnumSet.of(x.kind(), y.kind());
        if (kinds.contains(Kind.OTHER)) {
            return Optional.ofNullable(isText(x) && isText(y) ? TEXT : null);
        }
        if (kinds.contains(Kind.UUID)) {
            return Optional.ofNullable(mayHoldUuid(x) && mayHoldUuid(y) ? UUID : null);
        }
        if (kinds.equals(EnumSet.of(Kind.BOOLEAN, Kind.INTEGER))) {
            return Optional.of(BOOLEAN);
        }
        if (kinds.size() == 1) {
            return Optional.of(of(x.kind()));
        }
        if (EnumSet.of(Kind.FLOAT, Kind.DOUBLE).containsAll(kinds)) {
            return Optional.of(DOUBLE);
        }
        if (EnumSet.of(Kind.INTEGER, Kind.DECIMAL, Kind.FLOAT, Kind.DOUBLE).containsAll(kinds)) {
            return Optional.of(NUMBER);
        }
        if (kinds.equals(EnumSet.of(Kind.TEXT, Kind.PADDED_TEXT))) {
            return Optional.of(PADDED_TEXT);
        }
        if (kinds.equals(EnumSet.of(Kind.BINARY, Kind.PADDED_BINARY))) {
            return Optional.of(BINARY);
        }
        return Optional.ofNullable(kinds.equals(EnumSet.of(Kind.JSON, Kind.TEXT)) ? JSON : null);
    }

    private static CanonicalForm of(Kind kind) {
        return switch (kind) {
            case BOOLEAN -> BOOLEAN;
            case INTEGER, DECIMAL -> NUMBER;
            case FLOAT -> FLOAT;
            case DOUBLE -> DOUBLE;
            case TEXT, OTHER -> TEXT;
            case PADDED_TEXT -> PADDED_TEXT;
            case BINARY, PADDED_BINARY -> BINARY;
            case DATE -> DATE;
            case TIME -> TIME;
            case LOCAL -> LOCAL;
            case INSTANT -> INSTANT;
            case UUID -> UUID;
            case JSON -> JSON;
        };
    }

    /** PostgreSQL takes and gives all types as text; but some by settings of the session. */
    private static boolean isText(ColumnType type) {
        return type.kind() == Kind.TEXT
                || (type.kind() == Kind.OTHER
                        && type.dialect() == Dialect.POSTGRESQL
                        && !type.name().equals("money")
                        && !type.name().contains("timestamptz")
                        && !type.name().contains("tstz"));
    }

    private static boolean mayHoldUuid(ColumnType type) {
        return switch (type.kind()) {
            case UUID, TEXT, PADDED_TEXT -> true;
            case BINARY -> true;
            case PADDED_BINARY -> type.size() == UUID_BYTES;
            default -> false;
        };
    }

    /** What to write in place of the column to have it read by {@link #read}. */
    static String selected(String column, ColumnType type) {
        if (type.dialect() != Dialect.MARIADB) {
            return column;
        }
        return switch (type.kind()) {
            // Told as text, a FLOAT has six digits.
            case FLOAT -> column + " + 0e0";
            // The driver makes a null of 0000-00-00, and moves times that the JVM's zone leaves out.
            case DATE, LOCAL -> "CAST(" + column + " AS CHAR)";
            // Told as text, it is in the session's zone, where an hour of autumn comes twice.
            case INSTANT -> "IF(" + column + " IS NULL, NULL, COALESCE(UNIX_TIMESTAMP(" + column + "), 0))";
            default -> column;
        };
    }

    /**
     * Reads a value.
     *
     * @param column where {@link #selected} stands
     * @throws UnfitValue if the value has no such form
     */
    @Nullable
    Object read(ResultSet row, int column, ColumnType type) throws SQLException, UnfitValue {
        Object value = switch (this) {
            case BOOLEAN -> type.kind() == Kind.INTEGER ? zeroOrOne(row.getLong(column)) : row.getBoolean(column);
            case NUMBER -> number(row, column, type);
            case FLOAT -> row.getFloat(column);
            case DOUBLE -> type.kind() == Kind.FLOAT ? (double) row.getFloat(column) : row.getDouble(column);
            case TEXT, PADDED_TEXT, JSON -> row.getString(column);
            case BINARY -> row.getBytes(column);
            case DATE -> date(row, column, type);
            case TIME -> time(row.getString(column));
            case LOCAL -> local(row, column, type);
            case INSTANT -> instant(row, column, type);
            case UUID -> uuid(row, column, type);
        };
        return value == null || row.wasNull() ? null : value;
    }

    private static boolean zeroOrOne(long number) throws UnfitValue {
        if (number != 0 && number != 1) {
            throw new UnfitValue("is a number other than 0 and 1, and the other side has a boolean");
        }
        return number == 1;
    }

    private static @Nullable Object number(ResultSet row, int column, ColumnType type) throws SQLException {
        if (type.kind() == Kind.INTEGER && !type.name().equals("bigint unsigned")) {
            return row.getLong(column);
        }
        if (type.kind() == Kind.FLOAT) {
            float number = row.getFloat(column);
            return Float.isFinite(number) ? new BigDecimal(Float.toString(number)) : Double.valueOf(number);
        }
        Object number = row.getObject(column);
        return number == null ? null : number(number);
    }

    private static Object number(Object number) {
        if (number instanceof Double || number instanceof Float) {
            double value = ((Number) number).doubleValue();
            return Double.isFinite(value) ? new BigDecimal(number.toString()) : value;
        }
        if (number instanceof BigInteger whole) {
            return new BigDecimal(whole);
        }
        return number instanceof BigDecimal ? number : Long.valueOf(((Number) number).longValue());
    }

    private static @Nullable LocalDate date(ResultSet row, int column, ColumnType type)
            throws SQLException, UnfitValue {
        if (type.dialect() != Dialect.MARIADB) {
            return row.getObject(column, LocalDate.class);
        }
        String text = row.getString(column);
        try {
            return text == null ? null : LocalDate.parse(text);
        } catch (DateTimeException none) {
            throw new UnfitValue(NO_DATE);
        }
    }

    private static @Nullable LocalTime time(@Nullable String text) throws UnfitValue {
        try {
            return text == null ? null : LocalTime.parse(text);
        } catch (DateTimeException none) {
            throw new UnfitValue("is no time of a day");
        }
    }

    private static @Nullable LocalDateTime local(ResultSet row, int column, ColumnType type)
            throws SQLException, UnfitValue {
        if (type.dialect() != Dialect.MARIADB) {
            return row.getObject(column, LocalDateTime.class);
        }
        String text = row.getString(column);
        try {
            return text == null ? null : LocalDateTime.parse(text.replace(' ', 'T'));
        } catch (DateTimeException none) {
            throw new UnfitValue(NO_DATE);
        }
    }

    private static @Nullable Instant instant(ResultSet row, int column, ColumnType type)
            throws SQLException, UnfitValue {
        if (type.dialect() != Dialect.MARIADB) {
            OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
            return time == null ? null : time.toInstant();
        }
        BigDecimal seconds = row.getBigDecimal(column);
        if (seconds == null) {
            return null;
        }
        if (seconds.signum() == 0) {
            // 1970 begins a second later there.
            throw new UnfitValue(NO_DATE);
        }
        long whole = seconds.longValue();
        return Instant.ofEpochSecond(
                whole,
                seconds.subtract(BigDecimal.valueOf(whole)).movePointRight(9).longValueExact());
    }

    private static @Nullable UUID uuid(ResultSet row, int column, ColumnType type) throws SQLException, UnfitValue {
        Object value = switch (type.kind()) {
            case BINARY, PADDED_BINARY -> row.getBytes(column);
            case TEXT, PADDED_TEXT -> row.getString(column);
            default -> row.getObject(column);
        };
        return value == null ? null : uuid(value);
    }

    private static UUID uuid(Object value) throws UnfitValue {
        if (value instanceof UUID id) {
            return id;
        }
        if (value instanceof byte[] bytes && bytes.length == UUID_BYTES) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            return new UUID(buffer.getLong(), buffer.getLong());
        }
        if (value instanceof String text && text.strip().length() == UUID_CHARACTERS) {
            try {
                return java.util.UUID.fromString(text.strip());
            } catch (IllegalArgumentException none) {
                throw new UnfitValue("is no UUID");
            }
        }
        throw new UnfitValue("is no UUID");
    }

    /** What a mapping has made, in this form where that is clear; else as it is. */
    Object normal(Object value) throws UnfitValue {
        return switch (this) {
            case BOOLEAN ->
                value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte
                        ? zeroOrOne(((Number) value).longValue())
                        : value;
            case NUMBER ->
                value instanceof Boolean flag
                        ? Long.valueOf(flag ? 1 : 0)
                        : value instanceof Number number ? number(number) : value;
            case FLOAT -> value instanceof Number number && !(value instanceof Float) ? single(number) : value;
            case DOUBLE -> value instanceof Number number ? Double.valueOf(number.doubleValue()) : value;
            case TEXT, PADDED_TEXT, JSON ->
                value instanceof Enum<?> constant
                        ? constant.name()
                        : value instanceof UUID || value instanceof Character ? value.toString() : value;
            case DATE ->
                value instanceof java.sql.Date date
                        ? date.toLocalDate()
                        : value.equals(INFINITY) ? LocalDate.MAX : value.equals(MINUS_INFINITY) ? LocalDate.MIN : value;
            case TIME -> value instanceof java.sql.Time time ? time.toLocalTime() : value;
            case LOCAL -> local(value);
            case INSTANT -> instant(value);
            case UUID -> value instanceof byte[] || value instanceof String ? uuid(value) : value;
            case BINARY -> value instanceof UUID id ? bytes(id) : value;
        };
    }

    private static Object single(Number number) throws UnfitValue {
        float single = number.floatValue();
        if (single != number.doubleValue() && !Double.isNaN(number.doubleValue())) {
            throw new UnfitValue("has more digits than the new column keeps");
        }
        return single;
    }

    /** A point in time is kept in UTC by a column that knows no zone. */
    private static Object local(Object value) {
        if (value instanceof Timestamp time) {
            return time.toLocalDateTime();
        }
        if (value.equals(INFINITY) || value.equals(MINUS_INFINITY)) {
            return value.equals(INFINITY) ? LocalDateTime.MAX : LocalDateTime.MIN;
        }
        return instant(value) instanceof Instant time ? LocalDateTime.ofInstant(time, ZoneOffset.UTC) : value;
    }

    private static Object instant(Object value) {
        if (value instanceof OffsetDateTime time) {
            return time.toInstant();
        }
        if (value instanceof ZonedDateTime time) {
            return time.toInstant();
        }
        if (value.equals(INFINITY) || value.equals(MINUS_INFINITY)) {
            return value.equals(INFINITY) ? LATEST : EARLIEST;
        }
        return value instanceof Timestamp time ? time.toInstant() : value;
    }

    private static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(UUID_BYTES)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    /** Whether this is a value of this form. */
    boolean has(Object value) {
        return switch (this) {
            case BOOLEAN -> value instanceof Boolean;
            case NUMBER -> value instanceof Long || value instanceof BigDecimal || value instanceof Double;
            case FLOAT -> value instanceof Float;
            case DOUBLE -> value instanceof Double;
            case TEXT, PADDED_TEXT, JSON -> value instanceof String;
            case BINARY -> value instanceof byte[];
            case DATE -> value instanceof LocalDate;
            case TIME -> value instanceof LocalTime;
            case LOCAL -> value instanceof LocalDateTime;
            case INSTANT -> value instanceof Instant;
            case UUID -> value instanceof UUID;
        };
    }

    /** Whether two values of this form are the same. */
    boolean isSame(Object x, Object y) {
        if (x.equals(y)) {
            return true;
        }
        return switch (this) {
            case NUMBER -> isSameNumber(x, y);
            case FLOAT, DOUBLE -> x instanceof Number a && y instanceof Number b && a.doubleValue() == b.doubleValue();
            case PADDED_TEXT ->
                x instanceof String a && y instanceof String b && unpadded(a).equals(unpadded(b));
            case BINARY -> x instanceof byte[] a && y instanceof byte[] b && Arrays.equals(a, b);
            case JSON -> x instanceof String a && y instanceof String b && JsonText.isSame(a, b);
            default -> false;
        };
    }

    private static boolean isSameNumber(Object x, Object y) {
        if (!(x instanceof Long || x instanceof BigDecimal) || !(y instanceof Long || y instanceof BigDecimal)) {
            return false;
        }
        return decimal(x).compareTo(decimal(y)) == 0;
    }

    private static BigDecimal decimal(Object number) {
        return number instanceof Long whole ? BigDecimal.valueOf(whole) : (BigDecimal) number;
    }

    private static String unpadded(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == ' ') {
            end--;
        }
        return text.substring(0, end);
    }

    /** A value of this form as a statement takes it for a column of this type. */
    static Object written(Object value, ColumnType to) {
        if (value instanceof Boolean flag && to.kind() == Kind.INTEGER) {
            return flag ? 1 : 0;
        }
        if (value instanceof Instant time && to.dialect() == Dialect.MARIADB) {
            // The statement runs in UTC.
            return LocalDateTime.ofInstant(time, ZoneOffset.UTC);
        }
        if (value instanceof Instant time && isInfinite(time)) {
            return time.equals(LATEST) ? OffsetDateTime.MAX : OffsetDateTime.MIN;
        }
        return value;
    }

    /** Such as {@code text}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
