package dev.crossfade.jdbc.types;

import static dev.crossfade.jdbc.types.TypeCase.equal;
import static dev.crossfade.jdbc.types.TypeCase.mistake;
import static dev.crossfade.jdbc.types.TypeCase.refused;
import static dev.crossfade.jdbc.types.TypeCase.refusedByTheDatabase;

import dev.crossfade.jdbc.testing.Pair;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

class TypeMatrixPostgresToMariaDbTest extends TypeMatrixContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES_TO_MARIADB;
    }

    @Override
    void prepare(Statement legacy, Statement next) throws SQLException {
        legacy.execute("CREATE TYPE mood AS ENUM ('glad', 'sad', 'wild')");
    }

    @Override
    List<TypeCase> cases() {
        return List.of(
                equal("varchar(20)", "NULL", "varchar(20)", "v IS NULL"),
                equal("varchar(20)", "''", "varchar(20)", "LENGTH(v) = 0"),
                equal("varchar(20)", "'a  '", "varchar(20)", "HEX(v) = '612020'"),
                equal("text", "U&'\\00E9'", "text", "HEX(v) = 'C3A9'"),
                equal("text", "U&'e\\0301'", "text", "HEX(v) = '65CC81'"),
                equal("text", "U&'\\+01F600'", "varchar(1)", "HEX(v) = 'F09F9880'"),
                refusedByTheDatabase("text", "U&'\\+01F600'", "varchar(9) CHARACTER SET utf8mb3"),
                refused("varchar(20)", "'abcd'", "varchar(3)", "is longer"),
                refused("varchar(20)", "'abc '", "varchar(3)", "is longer"),
                equal("char(5)", "'ab'", "char(5)", "HEX(v) = '6162'"),
                equal("char(5)", "'ab'", "varchar(5)", "HEX(v) = '6162202020'"),
                equal("varchar(5)", "'ab'", "char(5)", "HEX(v) = '6162'"),
                refused("varchar(5)", "'ab '", "char(5)", "ends in blanks"),
                equal("integer", "2147483647", "bigint", "v = 2147483647"),
                equal("bigint", "5", "bigint unsigned", "v = 5"),
                refusedByTheDatabase("bigint", "-1", "bigint unsigned"),
                equal("numeric(10,4)", "1.2500", "decimal(10,2)", "v = 1.25"),
                refused("numeric(10,4)", "1.2345", "decimal(10,2)", "more digits"),
                refused("numeric(10,4)", "1.5", "bigint", "more digits"),
                refused("numeric", "'NaN'", "decimal(10,2)", "not a number"),
                refusedByTheDatabase("numeric", "1e30", "decimal(10,2)"),
                equal("numeric", "0.1", "double", "v = 0.1"),
                refused("numeric", "12345678901234567890.12", "double", "more digits"),
                equal("real", "16777215", "float", "v + 0e0 = 16777215"),
                equal("real", "0.1", "double", "v = 0.10000000149011612"),
                equal("double precision", "0.1", "double", "v = 0.1"),
                equal("double precision", "0.5", "decimal(10,2)", "v = 0.5"),
                equal("double precision", "'-0'", "double", "v = 0"),
                refused("double precision", "0.1", "float", "more digits"),
                refused("double precision", "'NaN'", "double", "not a number"),
                refused("double precision", "'Infinity'", "double", "infinite"),
                equal("boolean", "true", "boolean", "v = 1"),
                equal("boolean", "false", "bit(1)", "v = b'0'"),
                equal("smallint", "7", "tinyint(1)", "v = 7"),
                equal("jsonb", "'{\"b\": 1.50, \"a\": [\"x\", null]}'", "json", "JSON_VALUE(v, '$.b') = 1.5"),
                equal("json", "'{\"b\":1,  \"a\":2, \"b\":3}'", "json", "v = '{\"b\":1,  \"a\":2, \"b\":3}'"),
                equal("mood", "'glad'", "enum('glad', 'sad')", "v = 'glad'"),
                refusedByTheDatabase("mood", "'wild'", "enum('glad', 'sad', 'no idea')"),
                equal("bytea", "'\\x00ff'", "varbinary(4)", "HEX(v) = '00FF'"),
                equal("bytea", "''", "blob", "LENGTH(v) = 0"),
                equal("bytea", "'\\x6162'", "binary(2)", "HEX(v) = '6162'"),
                refused("bytea", "'\\x6162'", "binary(4)", "fills it up"),
                equal("uuid", "'123E4567-e89b-12d3-a456-426614174000'", "uuid", "HEX(v) LIKE '123E4567E89B%'"),
                equal("uuid", "'123e4567-e89b-12d3-a456-426614174000'", "binary(16)", "HEX(v) LIKE '123E4567E89B%'"),
                equal("uuid", "'123e4567-e89b-12d3-a456-426614174000'", "char(36)", "v LIKE '123e4567-e89b-%'"),
                equal("date", "'1500-02-28'", "date", "CAST(v AS CHAR) = '1500-02-28'"),
                equal("date", "'0001-01-01'", "date", "CAST(v AS CHAR) = '0001-01-01'"),
                refused("date", "'infinity'", "date", "outside the years"),
                refused("date", "'0044-03-15 BC'", "date", "outside the years"),
                equal("time", "'23:59:59.999999'", "time(6)", "CAST(v AS CHAR) = '23:59:59.999999'"),
                refused("time", "'23:59:59.999999'", "time", "more digits of a second"),
                refused("time", "'24:00'", "time", "no time of a day"),
                equal(
                        "timestamp",
                        "'2024-03-31 02:30:00.123456'",
                        "datetime(6)",
                        "CAST(v AS CHAR) = '2024-03-31 02:30:00.123456'"),
                equal("timestamp", "'2024-03-31 02:30:00'", "datetime", "CAST(v AS CHAR) = '2024-03-31 02:30:00'"),
                equal("timestamp", "'1582-10-10 12:00:00'", "datetime", "CAST(v AS CHAR) = '1582-10-10 12:00:00'"),
                equal("timestamp", "'1900-01-01 00:00:00'", "datetime", "CAST(v AS CHAR) = '1900-01-01 00:00:00'"),
                refused("timestamp", "'2024-12-31 23:59:59.999999'", "datetime(3)", "more digits of a second"),
                refused("timestamp", "'infinity'", "datetime(6)", "infinite"),
                equal("timestamptz", "'2024-10-27 00:30:00Z'", "timestamp NULL", "UNIX_TIMESTAMP(v) = 1729989000"),
                equal("timestamptz", "'2024-10-27 01:30:00Z'", "timestamp NULL", "UNIX_TIMESTAMP(v) = 1729992600"),
                equal("timestamptz", "'2024-03-10 07:30:00Z'", "timestamp NULL", "UNIX_TIMESTAMP(v) = 1710055800"),
                equal(
                        "timestamptz",
                        "'2024-03-31 04:30:00.123456+02'",
                        "timestamp(6) NULL",
                        "UNIX_TIMESTAMP(v) = 1711852200.123456"),
                refused("timestamptz", "'2024-03-31 23:59:59.999999Z'", "timestamp NULL", "more digits of a second"),
                refusedByTheDatabase("timestamptz", "'1969-12-31 23:59:59Z'", "timestamp NULL"),
                refusedByTheDatabase("timestamptz", "'1970-01-01 00:00:00Z'", "timestamp NULL"),
                mistake("timestamptz", "'2024-03-31 04:30:00Z'", "datetime"),
                mistake("timestamp", "'2024-03-31 04:30:00'", "timestamp NULL"),
                mistake("timestamp", "'2024-03-31 04:30:00'", "date"),
                mistake("integer", "1", "varchar(9)"),
                equal("inet", "'10.0.0.1'", "varchar(40)", "v = '10.0.0.1'"),
                equal("integer[]", "'{1,2}'", "varchar(40)", "v = '{1,2}'"),
                mistake("timestamptz[]", "'{now}'", "varchar(400)"));
    }
}
