package dev.crossfade.jdbc.types;

import static dev.crossfade.jdbc.types.TypeCase.equal;
import static dev.crossfade.jdbc.types.TypeCase.mistake;
import static dev.crossfade.jdbc.types.TypeCase.refused;
import static dev.crossfade.jdbc.types.TypeCase.refusedByTheDatabase;

import dev.crossfade.jdbc.testing.Pair;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

class TypeMatrixOnPostgresTest extends TypeMatrixContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }

    @Override
    void prepare(Statement legacy, Statement next) throws SQLException {
        legacy.execute("CREATE TYPE mood AS ENUM ('glad', 'sad')");
        next.execute("CREATE TYPE mood AS ENUM ('glad')");
        next.execute("CREATE DOMAIN short_text AS varchar(3)");
    }

    @Override
    List<TypeCase> cases() {
        return List.of(
                equal("text", "NULL", "text", "v IS NULL"),
                equal("text", "''", "text", "v = ''"),
                equal("char(5)", "'ab'", "text", "v = 'ab   '"),
                refused("text", "'abcd'", "short_text", "is longer"),
                equal("numeric", "'NaN'", "numeric", "v = 'NaN'"),
                equal("numeric", "1.50", "numeric(10,2)", "v = 1.5"),
                refused("numeric", "1.255", "numeric(10,2)", "more digits"),
                equal("double precision", "'NaN'", "double precision", "v = 'NaN'"),
                equal("double precision", "'-Infinity'", "double precision", "v = '-Infinity'"),
                equal("double precision", "'-0'", "double precision", "v = 0"),
                equal("real", "1e-45", "real", "v = real '1e-45'"),
                equal("boolean", "true", "smallint", "v = 1"),
                equal("jsonb", "'{\"a\": 1.0}'", "jsonb", "v = '{\"a\": 1.0}'"),
                equal("json", "'{\"b\":1,\"a\":2}'", "jsonb", "v = '{\"a\": 2, \"b\": 1}'"),
                equal("mood", "'glad'", "mood", "v = 'glad'"),
                refusedByTheDatabase("mood", "'sad'", "mood"),
                equal("bytea", "'\\x00'", "bytea", "v = '\\x00'"),
                equal("uuid", "'123e4567-e89b-12d3-a456-426614174000'", "text", "v LIKE '123e4567-%'"),
                equal("date", "'infinity'", "date", "v = 'infinity'"),
                equal("date", "'0044-03-15 BC'", "date", "v = '0044-03-15 BC'"),
                equal("timestamp", "'-infinity'", "timestamp", "v = '-infinity'"),
                equal("timestamp", "'2024-03-31 02:30:00.123456'", "timestamp", "v = '2024-03-31 02:30:00.123456'"),
                refused("timestamp", "'2024-12-31 23:59:59.999999'", "timestamp(0)", "more digits of a second"),
                equal("timestamptz", "'infinity'", "timestamptz", "v = 'infinity'"),
                equal("timestamptz", "'-infinity'", "timestamptz", "v = '-infinity'"),
                equal(
                        "timestamptz",
                        "'1969-12-31 23:59:59.999999Z'",
                        "timestamptz",
                        "v = '1969-12-31 23:59:59.999999Z'"),
                equal("timestamptz", "'1890-01-01 00:00:00Z'", "timestamptz", "v = '1890-01-01 00:00:00Z'"),
                mistake("timestamptz", "'2024-03-31 02:30:00Z'", "timestamp"),
                equal("interval", "'1 mon 2 days 03:04:05.6'", "interval", "v = '1 mon 2 days 03:04:05.6'"),
                equal("inet", "'10.0.0.1'", "inet", "v = '10.0.0.1'"),
                equal("integer[]", "'{1,NULL,3}'", "integer[]", "v = '{1,NULL,3}'"),
                equal("text[]", "'{a,\"b,c\"}'", "text[]", "v = '{a,\"b,c\"}'"),
                equal("bit(3)", "B'101'", "bit(3)", "v = B'101'"),
                equal("timetz", "'01:00+02'", "timetz", "v = '01:00+02'"),
                equal("xml", "'<a/>'", "xml", "v::text = '<a/>'"),
                equal("int4range", "'[1,5)'", "int4range", "v = '[1,5)'"),
                mistake("money", "'1.5'", "money"),
                mistake("tstzrange", "'[now,infinity)'", "tstzrange"));
    }
}
