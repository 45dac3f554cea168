package dev.crossfade.jdbc.internal.bulk;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Rows as COPY and LOAD DATA read them: a line for a row, tabs between its columns, {@code \N} for null, a backslash before
 * what would be taken for something else. Takes a value only where nobody can doubt what the database makes of it.
 */
public final class TextRows {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int BYTES_OF_ROW = 200;
    private static final int MAX_DIGITS = 20;
    private static final int MAX_YEAR = 9_999;

    /** Longer numbers are left to the driver. */
    private static final int MAX_SCALE = 500;

    private final boolean postgresql;
    private byte[] data;
    private int length;

    /**
     * Rows to come.
     *
     * @param postgresql whether PostgreSQL reads them, and not MariaDB
     * @param rowCount   about how many there will be
     */
    public TextRows(boolean postgresql, int rowCount) {
        this.postgresql = postgresql;
        this.data = new byte[rowCount * BYTES_OF_ROW];
    }

    byte[] data() {
        return data;
    }

    int length() {
        return length;
    }

    /** Ends a value. */
    public void endValue(boolean lastOfRow) {
        put(lastOfRow ? '\n' : '\t');
    }

    /** Adds a value; false if it is to be left to the driver. */
    public boolean add(@Nullable Object value, ColumnKind kind) {
        if (value == null) {
            put('\\');
            put('N');
            return true;
        }
        return switch (kind) {
            case INTEGER -> addInteger(value);
            case DECIMAL -> addInteger(value) || addDecimal(value);
            case BOOLEAN -> value instanceof Boolean flag && addBoolean(flag);
            case TEXT -> addText(value);
            case UUID -> value instanceof UUID && addAscii(value.toString());
            case BINARY -> addBinary(value);
            case DATE -> addDate(value);
            case LOCAL_TIME -> addLocalTime(value);
            case INSTANT -> postgresql && addInstant(value);
            case OTHER -> postgresql && isOfDriver(value) && addEscaped(value.toString());
        };
    }

    private boolean addInteger(Object value) {
        if (value instanceof Integer || value instanceof Long || value instanceof Short || value instanceof Byte) {
            return addLong(((Number) value).longValue());
        }
        return value instanceof BigInteger && addAscii(value.toString());
    }

    private boolean addLong(long number) {
        if (number < 0) {
            return addAscii(Long.toString(number));
        }
        room(MAX_DIGITS);
        int digits = 1;
        for (long rest = number / 10; rest > 0; rest /= 10) {
            digits++;
        }
        length += digits;
        long rest = number;
        for (int i = 1; i <= digits; i++) {
            data[length - i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return true;
    }

    private boolean addDecimal(Object value) {
        if (value instanceof BigDecimal number) {
            return Math.abs(number.scale()) <= MAX_SCALE && addAscii(number.toPlainString());
        }
        boolean isFinite = value instanceof Float single
                ? Float.isFinite(single)
                : value instanceof Double real && Double.isFinite(real);
        return isFinite && addAscii(value.toString());
    }

    private boolean addBoolean(boolean value) {
        return addAscii(postgresql ? (value ? "t" : "f") : (value ? "1" : "0"));
    }

    private boolean addText(Object value) {
        if (value instanceof String text) {
            return addEscaped(text);
        }
        if (value instanceof Enum<?> constant) {
            return addEscaped(constant.name());
        }
        return value instanceof UUID && addAscii(value.toString());
    }

    /** In hexadecimal digits. */
    private boolean addBinary(Object value) {
        if (value instanceof byte[] bytes) {
            if (postgresql) {
                addAscii("\\\\x");
            }
            for (byte one : bytes) {
                put(HEX[(one >> 4) & 0xf]);
                put(HEX[one & 0xf]);
            }
            return true;
        }
        return !postgresql && value instanceof UUID && addAscii(value.toString().replace("-", ""));
    }

    private boolean addDate(Object value) {
        if (value instanceof Date date) {
            return addDay(date.toLocalDate());
        }
        return value instanceof LocalDate date && addDay(date);
    }

    private boolean addDay(LocalDate date) {
        return isUsual(date.getYear()) && addAscii(date.toString());
    }

    private boolean addLocalTime(Object value) {
        if (value instanceof LocalDateTime time) {
            return addTime(time, "");
        }
        // What MariaDB's driver makes of it depends on its settings.
        return postgresql && value instanceof Timestamp time && addTime(time.toLocalDateTime(), "");
    }

    private boolean addInstant(Object value) {
        if (value instanceof Timestamp time) {
            return addInstant(time.toInstant());
        }
        if (value instanceof OffsetDateTime time) {
            return addInstant(time.toInstant());
        }
        return value instanceof Instant time && addInstant(time);
    }

    private boolean addInstant(Instant time) {
        return addTime(time.atOffset(ZoneOffset.UTC).toLocalDateTime(), "+00");
    }

    /** Such as {@code 2026-01-31 09:05:00.000001}. */
    private boolean addTime(LocalDateTime time, String zone) {
        int nanos = time.getNano();
        if (!isUsual(time.getYear()) || nanos % 1_000 != 0) {
            return false;
        }
        addDigits(time.getYear(), 1_000);
        put('-');
        addDigits(time.getMonthValue(), 10);
        put('-');
        addDigits(time.getDayOfMonth(), 10);
        put(' ');
        addDigits(time.getHour(), 10);
        put(':');
        addDigits(time.getMinute(), 10);
        put(':');
        addDigits(time.getSecond(), 10);
        if (nanos != 0) {
            put('.');
            addDigits(nanos / 1_000, 100_000);
        }
        return addAscii(zone);
    }

    private void addDigits(int number, int highest) {
        for (int unit = highest; unit > 0; unit /= 10) {
            put('0' + number / unit % 10);
        }
    }

    /** MariaDB begins at 1000, PostgreSQL ends years before Christ with letters. */
    private static boolean isUsual(int year) {
        return year >= 1_000 && year <= MAX_YEAR;
    }

    private static boolean isOfDriver(Object value) {
        return value instanceof String || value.getClass().getName().startsWith("org.postgresql.");
    }

    private boolean addAscii(String text) {
        room(text.length());
        for (int i = 0; i < text.length(); i++) {
            data[length++] = (byte) text.charAt(i);
        }
        return true;
    }

    /** False for what UTF-8 or PostgreSQL does not know. */
    private boolean addEscaped(String text) {
        // A character takes at most three bytes or an escape.
        room(3 * text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                if (c == 0 && postgresql) {
                    return false;
                }
                addEscaped(c);
            } else if (!Character.isSurrogate(c)) {
                addBeyondAscii(c);
            } else if (i + 1 < text.length() && Character.isSurrogatePair(c, text.charAt(i + 1))) {
                i++;
                addBeyondAscii(Character.toCodePoint(c, text.charAt(i)));
            } else {
                return false;
            }
        }
        return true;
    }

    private void addEscaped(char ascii) {
        char escape = switch (ascii) {
            case '\\' -> '\\';
            case '\t' -> 't';
            case '\n' -> 'n';
            case '\r' -> 'r';
            case 0 -> '0';
            default -> 0;
        };
        if (escape != 0) {
            data[length++] = '\\';
        }
        data[length++] = (byte) (escape == 0 ? ascii : escape);
    }

    private void addBeyondAscii(int point) {
        if (point < 0x800) {
            data[length++] = (byte) (0xc0 | (point >> 6));
        } else if (point < 0x10000) {
            data[length++] = (byte) (0xe0 | (point >> 12));
            addTail(point >> 6);
        } else {
            data[length++] = (byte) (0xf0 | (point >> 18));
            addTail(point >> 12);
            addTail(point >> 6);
        }
        addTail(point);
    }

    private void addTail(int bits) {
        data[length++] = (byte) (0x80 | (bits & 0x3f));
    }

    private void put(int one) {
        room(1);
        data[length++] = (byte) one;
    }

    private void room(int bytes) {
        if (data.length - length < bytes) {
            data = Arrays.copyOf(data, Math.max(2 * data.length, length + bytes));
        }
    }
}
