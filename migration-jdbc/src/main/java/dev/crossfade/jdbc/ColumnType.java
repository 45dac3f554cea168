package dev.crossfade.jdbc;

import dev.crossfade.jdbc.internal.sql.Dialect;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The type of a column of a table or query.
 *
 * @param name   as the driver calls it, in lower case
 * @param size   how many characters or bytes it holds at most; 0 if that is not said
 * @param digits of a number or second behind the point; {@link #ANY_DIGITS} if that is not said
 */
record ColumnType(Dialect dialect, Kind kind, String name, int size, int digits) {
    static final int ANY_DIGITS = -1;

    private static final Set<String> POSTGRES_TEXT_AS_IT_IS = Set.of("varchar", "text", "name", "char", "citext");
    private static final int MARIADB_DATE_TIME = "2000-01-01 00:00:00".length();
    private static final int MARIADB_TIME = "-838:59:59".length();

    /** What a column can hold, whatever the databases call it. */
    enum Kind {
        BOOLEAN,
        INTEGER,
        DECIMAL,
        FLOAT,
        DOUBLE,
        TEXT,
        /** Text in which trailing blanks do not count. */
        PADDED_TEXT,
        BINARY,
        /** Bytes that are filled up with zeros. */
        PADDED_BINARY,
        DATE,
        TIME,
        /** Date and time without a zone. */
        LOCAL,
        /** A point in time. */
        INSTANT,
        UUID,
        JSON,
        /** Something of one database only. */
        OTHER
    }

    /** The type of a column of a result. */
    static ColumnType of(Dialect dialect, ResultSetMetaData meta, int column) throws SQLException {
        String name = nameOf(meta.getColumnTypeName(column).toLowerCase(Locale.ROOT));
        int precision = Math.max(0, meta.getPrecision(column));
        Kind kind = kind(dialect, meta.getColumnType(column), name, precision);
        return new ColumnType(
                dialect,
                kind,
                name,
                size(kind, name, precision),
                digits(dialect, kind, precision, meta.getScale(column)));
    }

    /** PostgreSQL's driver has names of its own for columns that a sequence fills. */
    private static String nameOf(String told) {
        return switch (told) {
            case "smallserial" -> "int2";
            case "serial" -> "int4";
            case "bigserial" -> "int8";
            default -> told;
        };
    }

    /** Whether it keeps every value of the other type, which is of the same name. */
    boolean keepsAllOf(ColumnType other) {
        return (size == 0 || (other.size > 0 && other.size <= size))
                && (digits == ANY_DIGITS || (other.digits != ANY_DIGITS && other.digits <= digits));
    }

    private static Kind kind(Dialect dialect, int type, String name, int precision) {
        if (name.equals("uuid")) {
            return Kind.UUID;
        }
        if (name.equals("json") || name.equals("jsonb")) {
            return Kind.JSON;
        }
        Kind ofName = dialect == Dialect.POSTGRESQL
                ? kindOnPostgres(name)
                : dialect == Dialect.MARIADB ? kindOnMariaDb(name, precision) : kindOnH2(name);
        return ofName == null ? kind(type) : ofName;
    }

    private static @Nullable Kind kindOnPostgres(String name) {
        return switch (name) {
            case "bool" -> Kind.BOOLEAN;
            case "timestamptz" -> Kind.INSTANT;
            case "bit", "varbit", "money", "timetz" -> Kind.OTHER;
            default -> POSTGRES_TEXT_AS_IT_IS.contains(name) ? Kind.TEXT : null;
        };
    }

    private static @Nullable Kind kindOnMariaDb(String name, int precision) {
        return switch (name) {
            // A TINYINT(1), which holds other numbers too.
            case "boolean", "tinyint", "year" -> Kind.INTEGER;
            case "bit" -> precision == 1 ? Kind.BOOLEAN : Kind.OTHER;
            case "binary" -> Kind.PADDED_BINARY;
            case "timestamp" -> Kind.INSTANT;
            case "geometry" -> Kind.OTHER;
            default -> name.endsWith("blob") || name.equals("varbinary") ? Kind.BINARY : null;
        };
    }

    private static @Nullable Kind kindOnH2(String name) {
        if (name.startsWith("enum")) {
            return Kind.TEXT;
        }
        return name.equals("binary") ? Kind.PADDED_BINARY : null;
    }

    private static Kind kind(int type) {
        return switch (type) {
            case Types.BOOLEAN -> Kind.BOOLEAN;
            case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT -> Kind.INTEGER;
            case Types.NUMERIC, Types.DECIMAL -> Kind.DECIMAL;
            case Types.REAL -> Kind.FLOAT;
            case Types.FLOAT, Types.DOUBLE -> Kind.DOUBLE;
            case Types.CHAR, Types.NCHAR -> Kind.PADDED_TEXT;
            case Types.VARCHAR, Types.NVARCHAR, Types.LONGVARCHAR, Types.LONGNVARCHAR, Types.CLOB, Types.NCLOB ->
                Kind.TEXT;
            case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB -> Kind.BINARY;
            case Types.DATE -> Kind.DATE;
            case Types.TIME -> Kind.TIME;
            case Types.TIMESTAMP -> Kind.LOCAL;
            case Types.TIMESTAMP_WITH_TIMEZONE -> Kind.INSTANT;
            default -> Kind.OTHER;
        };
    }

    /** The larger texts of MariaDB count bytes, and are never in the way. */
    private static int size(Kind kind, String name, int precision) {
        return switch (kind) {
            case TEXT -> name.endsWith("text") || precision == Integer.MAX_VALUE ? 0 : precision;
            case PADDED_TEXT, PADDED_BINARY -> precision;
            default -> 0;
        };
    }

    private static int digits(Dialect dialect, Kind kind, int precision, int scale) {
        return switch (kind) {
            case DECIMAL -> precision == 0 ? ANY_DIGITS : scale;
            case TIME, LOCAL, INSTANT ->
                dialect == Dialect.MARIADB
                        // With the point, where there are any.
                        ? Math.max(0, precision - (kind == Kind.TIME ? MARIADB_TIME : MARIADB_DATE_TIME) - 1)
                        : scale;
            default -> 0;
        };
    }

    /** Such as {@code varchar}. */
    @Override
    public String toString() {
        return name;
    }
}
