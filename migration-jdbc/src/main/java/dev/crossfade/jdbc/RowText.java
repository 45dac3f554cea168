package dev.crossfade.jdbc;

import dev.crossfade.jdbc.ColumnType.Kind;
import dev.crossfade.jdbc.internal.sql.Dialect;
import java.util.Optional;

/**
 * Expressions that make the same text of the same value in PostgreSQL and MariaDB, whatever the collations and the zones of
 * sessions are. Two values that differ give two texts; of two that are the same by {@link CanonicalForm} alone, such as JSON
 * in another order, it is enough that they may give two texts, too: the rows are read then.
 */
final class RowText {
    /** No text below is this one. */
    private static final String NOTHING = "'~'";

    private static final String MILLENNIUM = "'2000-01-01 00:00:00'";

    private RowText() {}

    /**
     * The text of a column's value, and of null; without a bar in it, unless its length stands before it.
     *
     * @param own   its type here
     * @param other its type on the other side
     * @return empty if the two databases have no such text in common
     */
    static Optional<String> of(CanonicalForm form, String column, ColumnType own, ColumnType other) {
        if (own.dialect() == Dialect.H2 || other.dialect() == Dialect.H2) {
            return Optional.empty();
        }
        boolean sameDatabase = own.dialect() == other.dialect();
        boolean postgresql = own.dialect() == Dialect.POSTGRESQL;
        return switch (form) {
            case FLOAT, DOUBLE -> sameDatabase ? Optional.of(binaryFraction(column, postgresql)) : Optional.empty();
            case NUMBER ->
                isDecimal(own) && isDecimal(other) ? Optional.of(number(column, own, postgresql)) : Optional.empty();
            case JSON ->
                sameDatabase
                        ? Optional.of(text(postgresql ? column + "::jsonb" : column, false, postgresql))
                        : Optional.empty();
            case TEXT ->
                sameDatabase || (own.kind() == Kind.TEXT && other.kind() == Kind.TEXT)
                        ? Optional.of(text(column, false, postgresql))
                        : Optional.empty();
            case PADDED_TEXT -> Optional.of(text(column, true, postgresql));
            case BOOLEAN -> Optional.of(flag(column, own, postgresql));
            case BINARY -> Optional.of(present("MD5(" + column + ")"));
            case DATE ->
                Optional.of(
                        postgresql
                                ? present("encode(date_send(" + column + "), 'hex')")
                                : date(column, "DATEDIFF(" + column + ", " + MILLENNIUM + ") & 0xFFFFFFFF", 8));
            case TIME ->
                Optional.of(
                        postgresql
                                ? present("encode(time_send(" + column + "), 'hex')")
                                : date(column, "CAST(TIME_TO_SEC(" + column + ") * 1000000 AS SIGNED)", 16));
            case LOCAL ->
                Optional.of(
                        postgresql
                                ? present("encode(timestamp_send(" + column + "), 'hex')")
                                : date(column, "TIMESTAMPDIFF(MICROSECOND, " + MILLENNIUM + ", " + column + ")", 16));
            case INSTANT ->
                Optional.of(
                        postgresql
                                ? present("encode(timestamptz_send(" + column + "), 'hex')")
                                : date(
                                        column,
                                        "CAST((NULLIF(UNIX_TIMESTAMP(" + column
                                                + "), 0) - 946684800) * 1000000 AS SIGNED)",
                                        16));
            case UUID -> Optional.of(present(uuid(column, own, postgresql)));
        };
    }

    private static boolean isDecimal(ColumnType type) {
        return type.kind() == Kind.INTEGER || type.kind() == Kind.DECIMAL;
    }

    private static String present(String text) {
        return "COALESCE(" + text + ", " + NOTHING + ")";
    }

    private static String number(String column, ColumnType own, boolean postgresql) {
        if (postgresql) {
            return present((own.kind() == Kind.DECIMAL ? "trim_scale(" + column + ")" : column) + "::text");
        }
        return present(
                own.kind() == Kind.DECIMAL && own.digits() != 0
                        ? "TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM " + column + "))"
                        : "CAST(" + column + " AS CHAR)");
    }

    private static String flag(String column, ColumnType own, boolean postgresql) {
        if (postgresql) {
            return present(own.kind() == Kind.BOOLEAN ? column + "::integer::text" : column + "::text");
        }
        return present("CAST(" + column + " + 0 AS CHAR)");
    }

    /** Adding zero makes one of both zeros. */
    private static String binaryFraction(String column, boolean postgresql) {
        return present(
                postgresql
                        ? "encode(float8send(" + column + "::double precision + 0), 'hex')"
                        : "CAST(" + column + " + 0e0 AS CHAR)");
    }

    private static String text(String column, boolean padded, boolean postgresql) {
        String bytes = postgresql ? column + "::text" : "CONVERT(" + column + " USING utf8mb4)";
        String text = padded ? "RTRIM(" + bytes + ")" : bytes;
        // Of a null, PostgreSQL's CONCAT makes an empty text.
        return present(
                postgresql
                        ? "octet_length(" + text + ") || ':' || " + text
                        : "CONCAT(LENGTH(" + text + "), ':', " + text + ")");
    }

    /** What is no date that exists has no number, but is something else than null. */
    private static String date(String column, String number, int width) {
        return "COALESCE(LOWER(LPAD(HEX(" + number + "), " + width + ", '0')), CAST(" + column + " AS CHAR), " + NOTHING
                + ")";
    }

    private static String uuid(String column, ColumnType own, boolean postgresql) {
        return switch (own.kind()) {
            case UUID -> postgresql ? "encode(uuid_send(" + column + "), 'hex')" : "LOWER(HEX(" + column + "))";
            case BINARY, PADDED_BINARY -> postgresql ? "encode(" + column + ", 'hex')" : "LOWER(HEX(" + column + "))";
            default -> "LOWER(REPLACE(" + column + (postgresql ? "::text" : "") + ", '-', ''))";
        };
    }
}
