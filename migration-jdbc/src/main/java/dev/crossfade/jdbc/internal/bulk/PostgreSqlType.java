package dev.crossfade.jdbc.internal.bulk;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** Types whose binary form is the same in every supported version of PostgreSQL, and what the driver makes of them. */
public enum PostgreSqlType {
    INT2("int2", "smallserial") {
        @Override
        Object decode(ByteBuffer value) {
            return (int) value.getShort();
        }
    },
    INT4("int4", "serial") {
        @Override
        Object decode(ByteBuffer value) {
            return value.getInt();
        }
    },
    INT8("int8", "bigserial") {
        @Override
        Object decode(ByteBuffer value) {
            return value.getLong();
        }
    },
    FLOAT4("float4") {
        @Override
        Object decode(ByteBuffer value) {
            return value.getFloat();
        }
    },
    FLOAT8("float8") {
        @Override
        Object decode(ByteBuffer value) {
            return value.getDouble();
        }
    },
    BOOL("bool") {
        @Override
        Object decode(ByteBuffer value) {
            return value.get() != 0;
        }
    },
    NUMERIC("numeric") {
        @Override
        Object decode(ByteBuffer value) {
            return number(value);
        }
    },
    TEXT("text") {
        @Override
        Object decode(ByteBuffer value) {
            return text(value);
        }
    },
    VARCHAR("varchar") {
        @Override
        Object decode(ByteBuffer value) {
            return text(value);
        }
    },
    BPCHAR("bpchar") {
        @Override
        Object decode(ByteBuffer value) {
            return text(value);
        }
    },
    JSON("json") {
        @Override
        Object decode(ByteBuffer value) {
            return text(value);
        }
    },
    JSONB("jsonb") {
        @Override
        Object decode(ByteBuffer value) {
            // The version of the format.
            value.get();
            return text(value);
        }
    },
    UUID("uuid") {
        @Override
        Object decode(ByteBuffer value) {
            return new java.util.UUID(value.getLong(), value.getLong());
        }
    },
    BYTEA("bytea") {
        @Override
        Object decode(ByteBuffer value) {
            byte[] bytes = new byte[value.remaining()];
            value.get(bytes);
            return bytes;
        }
    },
    DATE("date") {
        @Override
        Object decode(ByteBuffer value) {
            int days = value.getInt();
            return days == Integer.MAX_VALUE || days == Integer.MIN_VALUE
                    ? infinity(days > 0)
                    : LocalDate.ofEpochDay(DAYS_TO_2000 + days);
        }
    },
    TIMESTAMP("timestamp") {
        @Override
        Object decode(ByteBuffer value) {
            long micros = value.getLong();
            return isInfinite(micros)
                    ? infinity(micros > 0)
                    : LocalDateTime.ofEpochSecond(seconds(micros), nanos(micros), ZoneOffset.UTC);
        }
    },
    TIMESTAMPTZ("timestamptz") {
        @Override
        Object decode(ByteBuffer value) {
            long micros = value.getLong();
            return isInfinite(micros) ? infinity(micros > 0) : Instant.ofEpochSecond(seconds(micros), nanos(micros));
        }
    };

    private static final int DAYS_TO_2000 = 10_957;
    private static final long SECONDS_TO_2000 = DAYS_TO_2000 * 86_400L;
    private static final int MICROS = 1_000_000;
    private static final int NUMERIC_NAN = 0xC000;
    private static final int NUMERIC_NEGATIVE = 0x4000;
    private static final int NUMERIC_INFINITY = 0xD000;
    private static final int NUMERIC_NEGATIVE_INFINITY = 0xF000;
    private static final int NUMERIC_BASE = 10_000;
    private static final int DIGITS_OF_BASE = 4;

    /** So many groups of four digits fit into a long. */
    private static final int GROUPS_OF_LONG = 4;

    private final String typeName;

    /** Of a column that a sequence fills. */
    private final String serialName;

    PostgreSqlType(String typeName) {
        this(typeName, typeName);
    }

    PostgreSqlType(String typeName, String serialName) {
        this.typeName = typeName;
        this.serialName = serialName;
    }

    /** @param name as the driver tells it, in lower case; {@code null} for a type that is not known here */
    public static @Nullable PostgreSqlType named(String name) {
        for (PostgreSqlType type : values()) {
            if (type.typeName.equals(name) || type.serialName.equals(name)) {
                return type;
            }
        }
        return null;
    }

    /** The value: of {@code java.time}, or as the driver's {@code getObject} would give it. */
    abstract Object decode(ByteBuffer value);

    private static String text(ByteBuffer value) {
        return new String(
                value.array(), value.arrayOffset() + value.position(), value.remaining(), StandardCharsets.UTF_8);
    }

    /** As PostgreSQL writes it, which it also understands. */
    private static String infinity(boolean positive) {
        return positive ? "infinity" : "-infinity";
    }

    private static boolean isInfinite(long micros) {
        return micros == Long.MAX_VALUE || micros == Long.MIN_VALUE;
    }

    private static long seconds(long micros) {
        return SECONDS_TO_2000 + Math.floorDiv(micros, MICROS);
    }

    private static int nanos(long micros) {
        return (int) Math.floorMod(micros, (long) MICROS) * 1_000;
    }

    private static Object number(ByteBuffer value) {
        int groups = value.getShort();
        int weight = value.getShort();
        int sign = value.getShort() & 0xffff;
        int scale = value.getShort();
        return switch (sign) {
            case NUMERIC_NAN -> Double.NaN;
            case NUMERIC_INFINITY -> Double.POSITIVE_INFINITY;
            case NUMERIC_NEGATIVE_INFINITY -> Double.NEGATIVE_INFINITY;
            default -> {
                BigDecimal number = digits(value, groups, (groups - weight - 1) * DIGITS_OF_BASE)
                        .setScale(scale);
                yield sign == NUMERIC_NEGATIVE ? number.negate() : number;
            }
        };
    }

    private static BigDecimal digits(ByteBuffer value, int groups, int scale) {
        if (groups <= GROUPS_OF_LONG) {
            long unscaled = 0;
            for (int i = 0; i < groups; i++) {
                unscaled = unscaled * NUMERIC_BASE + value.getShort();
            }
            return BigDecimal.valueOf(unscaled, scale);
        }
        BigInteger unscaled = BigInteger.ZERO;
        for (int i = 0; i < groups; i++) {
            unscaled = unscaled.multiply(BigInteger.valueOf(NUMERIC_BASE)).add(BigInteger.valueOf(value.getShort()));
        }
        return new BigDecimal(unscaled, scale);
    }
}
