package dev.crossfade.jdbc.reconcile;

import dev.crossfade.jdbc.testing.TestServer;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A column of a type that a table copy takes over, a value of it, and others that are as close to that as can be.
 *
 * @param digested whether PostgreSQL and MariaDB digest it alike
 */
record TypedColumn(
        String name, boolean digested, String postgresql, String mariaDb, Object value, List<@Nullable Object> others) {

    static final List<TypedColumn> ALL = List.of(
            of("c_small", "SMALLINT", "SMALLINT", 0, 1, -1, null),
            of("c_whole", "BIGINT", "BIGINT", 9007199254740993L, 9007199254740992L, -9007199254740993L, null),
            of("c_price", "NUMERIC(12,4)", "DECIMAL(12,2)", decimal("10.20"), decimal("-10.20"), decimal("1.02"), null),
            of("c_rate", "NUMERIC", "DECIMAL(30,10)", decimal("0"), decimal("0.0000000001"), null),
            of("c_flag", "BOOLEAN", "BOOLEAN", false, true, null),
            of("c_bit", "BOOLEAN", "BIT(1)", true, false, null),
            of("c_name", "VARCHAR(40)", "VARCHAR(40) COLLATE utf8mb4_general_ci", "a", "A", "a ", "", null),
            of("c_text", "TEXT", "LONGTEXT", "", " ", null),
            of("c_accent", "TEXT", "VARCHAR(20)", "\u00e9", "e\u0301", "e", null),
            of("c_code", "CHAR(5)", "CHAR(5)", "ab", "abc", "", null),
            of("c_day", "DATE", "DATE", LocalDate.of(1999, 12, 31), LocalDate.of(2000, 1, 1), null),
            of("c_hour", "TIME", "TIME(6)", LocalTime.of(0, 0), LocalTime.of(0, 0, 0, 1_000), null),
            of(
                    "c_local",
                    "TIMESTAMP",
                    "DATETIME(6)",
                    LocalDateTime.of(2000, 1, 1, 0, 0),
                    LocalDateTime.of(1999, 12, 31, 23, 59, 59, 999_999_000),
                    LocalDateTime.of(2000, 1, 1, 1, 0),
                    null),
            of(
                    "c_moment",
                    "TIMESTAMPTZ",
                    "TIMESTAMP(6) NULL",
                    decimal("1729989000"),
                    decimal("1729992600"),
                    decimal("1729989000.000001"),
                    null),
            of("c_uuid", "UUID", "UUID", "00000000-0000-0000-0000-000000000000", uuid('a'), null),
            of("c_raw_uuid", "UUID", "BINARY(16)", uuid('0'), uuid('b'), null),
            of("c_bytes", "BYTEA", "BLOB", new byte[0], new byte[1], new byte[] {'~'}, null),
            alone("c_real", "REAL", "FLOAT", 0.1f, -0.1f, 0.10000001f, 0f, null),
            alone("c_double", "DOUBLE PRECISION", "DOUBLE", 0d, 0.1, -1e-300, null),
            alone("c_json", "JSONB", "JSON", "{\"a\": 1}", "{\"a\": -1}", "{}", "null", null));

    private static TypedColumn of(
            String name, String postgresql, String mariaDb, Object value, @Nullable Object... others) {
        return new TypedColumn(name, true, postgresql, mariaDb, value, Arrays.asList(others));
    }

    private static TypedColumn alone(
            String name, String postgresql, String mariaDb, Object value, @Nullable Object... others) {
        return new TypedColumn(name, false, postgresql, mariaDb, value, Arrays.asList(others));
    }

    private static BigDecimal decimal(String number) {
        return new BigDecimal(number);
    }

    private static String uuid(char last) {
        return "123e4567-e89b-12d3-a456-42661417400" + last;
    }

    String type(TestServer server) {
        return server == TestServer.MARIADB ? mariaDb : postgresql;
    }

    /** What stands for a value in a statement. */
    String placeholder(TestServer server) {
        boolean onMariaDb = server == TestServer.MARIADB;
        return switch (postgresql) {
            case "TIMESTAMPTZ" -> onMariaDb ? "FROM_UNIXTIME(?)" : "to_timestamp(CAST(? AS double precision))";
            case "UUID" -> !onMariaDb ? "CAST(? AS uuid)" : mariaDb.equals("UUID") ? "?" : "UNHEX(REPLACE(?, '-', ''))";
            case "JSONB" -> onMariaDb ? "?" : "CAST(? AS jsonb)";
            default -> "?";
        };
    }
}
