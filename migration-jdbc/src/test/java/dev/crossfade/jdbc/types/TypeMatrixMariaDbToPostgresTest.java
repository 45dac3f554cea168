package dev.crossfade.jdbc.types;

import static dev.crossfade.jdbc.types.TypeCase.equal;
import static dev.crossfade.jdbc.types.TypeCase.mistake;
import static dev.crossfade.jdbc.types.TypeCase.refused;
import static dev.crossfade.jdbc.types.TypeCase.refusedByTheDatabase;

import dev.crossfade.jdbc.testing.Pair;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

class TypeMatrixMariaDbToPostgresTest extends TypeMatrixContract {
    @Override
    Pair pair() {
        return Pair.MARIADB_TO_POSTGRES;
    }

    @Override
    void prepare(Statement legacy, Statement next) throws SQLException {
        // As old databases are: it takes 0000-00-00.
        legacy.execute("SET sql_mode = ''");
        next.execute("CREATE TYPE mood AS ENUM ('glad', 'sad')");
    }

    @Override
    List<TypeCase> cases() {
        return List.of(
                equal("varchar(20)", "NULL", "varchar(20)", "v IS NULL"),
                equal("varchar(20)", "''", "varchar(20)", "v = ''"),
                equal("varchar(20)", "'a  '", "varchar(20)", "v = 'a  '"),
                equal("varchar(20) CHARACTER SET latin1", "'\u00e9'", "text", "v = U&'\\00E9'"),
                equal("varchar(20)", "_utf8mb4 X'65CC81'", "text", "v = U&'e\\0301'"),
                equal("varchar(20)", "_utf8mb4 X'F09F9880'", "varchar(1)", "v = U&'\\+01F600'"),
                refused("varchar(20)", "_utf8mb4 X'610062'", "text", "NUL character"),
                refused("varchar(20)", "'abcd'", "varchar(3)", "is longer"),
                equal("char(5)", "'ab'", "char(5)", "v = 'ab'"),
                equal("char(5)", "'ab'", "varchar(5)", "v = 'ab'"),
                refused("varchar(5)", "'ab '", "char(5)", "ends in blanks"),
                equal("tinyint(1)", "1", "boolean", "v"),
                refused("tinyint(1)", "2", "boolean", "other than 0 and 1"),
                equal("tinyint(1)", "2", "smallint", "v = 2"),
                equal("tinyint(1)", "-3", "integer", "v = -3"),
                equal("bit(1)", "b'1'", "boolean", "v"),
                mistake("bit(10)", "b'101'", "bit(10)"),
                equal("year", "2024", "integer", "v = 2024"),
                equal("int unsigned", "4294967295", "bigint", "v = 4294967295"),
                equal("bigint unsigned", "18446744073709551615", "numeric(20)", "v = 18446744073709551615"),
                refusedByTheDatabase("bigint unsigned", "18446744073709551615", "bigint"),
                equal("decimal(10,2)", "1.50", "numeric", "v = 1.5"),
                refused("decimal(10,2)", "1.25", "numeric(10,1)", "more digits"),
                refused("decimal(10,2)", "1.25", "integer", "more digits"),
                equal("float", "16777215", "real", "v = 16777215"),
                equal("float", "0.1", "real", "v = real '0.1'"),
                equal("double", "0.1", "double precision", "v = 0.1"),
                equal("double", "-0e0", "double precision", "v = 0"),
                equal("json", "'{\"b\":1,  \"a\":2}'", "jsonb", "v = '{\"a\":2,\"b\":1}'"),
                equal("json", "'{\"n\":1e2, \"s\":\"\\\\u00e9\"}'", "jsonb", "v->>'s' = U&'\\00E9'"),
                equal("json", "'[1, 2]'", "json", "v::text = '[1, 2]'"),
                equal("longtext", "'{\"b\":1}'", "jsonb", "v = '{\"b\":1}'"),
                refusedByTheDatabase("longtext", "'{'", "jsonb"),
                equal("enum('glad', 'sad')", "'sad'", "mood", "v = 'sad'"),
                refusedByTheDatabase("enum('glad', 'sad')", "'none of them'", "mood"),
                equal("set('x', 'y')", "'x,y'", "varchar(3)", "v = 'x,y'"),
                equal("binary(4)", "'ab'", "bytea", "v = '\\x61620000'"),
                equal("varbinary(4)", "X'00FF'", "bytea", "v = '\\x00ff'"),
                equal("longblob", "X''", "bytea", "length(v) = 0"),
                equal("uuid", "'123E4567-e89b-12d3-a456-426614174000'", "uuid", "v::text LIKE '123e4567-%'"),
                equal("binary(16)", "X'123E4567E89B12D3A456426614174000'", "uuid", "v::text LIKE '123e4567-%'"),
                equal("char(36)", "'123E4567-e89b-12d3-a456-426614174000'", "uuid", "v::text LIKE '123e4567-%'"),
                refused("char(36)", "'nonsense'", "uuid", "is no UUID"),
                equal("date", "'1500-02-28'", "date", "v = '1500-02-28'"),
                refused("date", "'0000-00-00'", "date", "no date"),
                refused("date", "'2024-00-10'", "date", "no date"),
                refused("datetime", "'0000-00-00 00:00:00'", "timestamp", "no date"),
                refused("timestamp NULL", "'0000-00-00 00:00:00'", "timestamptz", "no date"),
                equal("datetime(6)", "'2024-03-31 02:30:00.123456'", "timestamp", "v = '2024-03-31 02:30:00.123456'"),
                equal("datetime(6)", "'1582-10-10 12:00:00.5'", "timestamp", "v = '1582-10-10 12:00:00.5'"),
                refused("datetime(6)", "'2024-12-31 23:59:59.999999'", "timestamp(3)", "more digits of a second"),
                equal("timestamp(6) NULL", "'2024-03-31 02:30:00.5'", "timestamptz", "v = '2024-03-31 02:30:00.5Z'"),
                equal("timestamp NULL", "'2024-10-27 00:30:00'", "timestamptz", "v = '2024-10-27 00:30:00Z'"),
                equal("timestamp NULL", "'1970-01-01 00:00:01'", "timestamptz", "v = '1970-01-01 00:00:01Z'"),
                refused(
                        "timestamp(6) NULL",
                        "'2024-03-31 23:59:59.999999'",
                        "timestamptz(0)",
                        "more digits of a second"),
                mistake("datetime", "'2024-03-31 02:30:00'", "timestamptz"),
                equal("time(6)", "'23:59:59.999999'", "time", "v = '23:59:59.999999'"),
                refused("time", "'25:00:00'", "time", "no time of a day"),
                refused("time", "'-01:00:00'", "time", "no time of a day"));
    }
}
