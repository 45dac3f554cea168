package dev.crossfade.jdbc.types;

import static dev.crossfade.jdbc.types.TypeCase.equal;
import static dev.crossfade.jdbc.types.TypeCase.mistake;
import static dev.crossfade.jdbc.types.TypeCase.refused;
import static dev.crossfade.jdbc.types.TypeCase.refusedByTheDatabase;

import dev.crossfade.jdbc.testing.Pair;
import java.util.List;

class TypeMatrixOnH2Test extends TypeMatrixContract {
    @Override
    Pair pair() {
        return Pair.H2;
    }

    @Override
    List<TypeCase> cases() {
        return List.of(
                equal("varchar(20)", "NULL", "varchar(20)", "v IS NULL"),
                equal("varchar(20)", "''", "varchar(20)", "v = ''"),
                equal("varchar(20)", "'a  '", "varchar(20)", "v = 'a  '"),
                refused("varchar(20)", "'abcd'", "varchar(3)", "is longer"),
                equal("char(5)", "'ab'", "varchar(5)", "v = 'ab   '"),
                refused("varchar(5)", "'ab '", "char(5)", "ends in blanks"),
                equal("clob", "'long'", "clob", "v = 'long'"),
                equal("decimal(10,4)", "1.25", "decimal(10,2)", "v = 1.25"),
                refused("decimal(10,4)", "1.2345", "decimal(10,2)", "more digits"),
                refusedByTheDatabase("bigint", "3000000000", "integer"),
                equal("double precision", "'NaN'", "double precision", "v = 'NaN'"),
                equal("real", "0.1", "real", "v = CAST(0.1 AS REAL)"),
                equal("boolean", "TRUE", "smallint", "v = 1"),
                equal("json", "JSON '{\"b\":1}'", "json", "v = JSON '{\"b\":1}'"),
                equal("enum('glad', 'sad')", "'sad'", "varchar(4)", "v = 'sad'"),
                equal("varbinary(4)", "X'00FF'", "blob", "v = X'00FF'"),
                refused("varbinary(4)", "X'00FF'", "binary(4)", "fills it up"),
                equal("uuid", "'123e4567-e89b-12d3-a456-426614174000'", "char(36)", "v LIKE '123e4567-%'"),
                equal("date", "'1500-02-28'", "date", "v = DATE '1500-02-28'"),
                equal("time(6)", "'23:59:59.999999'", "time(6)", "v = TIME '23:59:59.999999'"),
                equal(
                        "timestamp",
                        "'2024-03-31 02:30:00.123456'",
                        "timestamp",
                        "v = TIMESTAMP '2024-03-31 02:30:00.123456'"),
                refused("timestamp(9)", "'2024-12-31 23:59:59.999999999'", "timestamp", "more digits of a second"),
                equal(
                        "timestamp with time zone",
                        "'2024-10-27 01:30:00Z'",
                        "timestamp with time zone",
                        "v = TIMESTAMP WITH TIME ZONE '2024-10-27 01:30:00Z'"),
                mistake("timestamp", "'2024-10-27 01:30:00'", "timestamp with time zone"));
    }
}
