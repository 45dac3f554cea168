package dev.crossfade.jdbc.internal.bulk;

import dev.crossfade.jdbc.internal.sql.Dialect;
import java.sql.Types;

/** What a column takes, as far as it matters for how a value is written as text. */
public enum ColumnKind {
    INTEGER,
    DECIMAL,
    BOOLEAN,
    TEXT,
    /** A date and time without a zone. */
    LOCAL_TIME,
    /** A point in time. */
    INSTANT,
    DATE,
    BINARY,
    UUID,
    OTHER;

    /**
     * The kind of a column.
     *
     * @param sqlType  of {@link Types}
     * @param typeName as the driver tells it, in lower case
     */
    public static ColumnKind of(Dialect dialect, int sqlType, String typeName) {
        if (typeName.equals("uuid")) {
            return UUID;
        }
        return switch (sqlType) {
            case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT -> INTEGER;
            case Types.NUMERIC, Types.DECIMAL, Types.REAL, Types.FLOAT, Types.DOUBLE ->
                typeName.equals("money") ? OTHER : DECIMAL;
            case Types.BIT, Types.BOOLEAN -> typeName.equals("bit") ? OTHER : BOOLEAN;
            case Types.VARCHAR, Types.CHAR, Types.LONGVARCHAR, Types.NVARCHAR, Types.NCHAR -> TEXT;
            case Types.DATE -> DATE;
            case Types.TIMESTAMP, Types.TIMESTAMP_WITH_TIMEZONE ->
                typeName.equals(dialect == Dialect.MARIADB ? "datetime" : "timestamp") ? LOCAL_TIME : INSTANT;
            case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB -> BINARY;
            default -> OTHER;
        };
    }
}
