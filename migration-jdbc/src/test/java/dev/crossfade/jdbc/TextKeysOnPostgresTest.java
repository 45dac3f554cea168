package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.Pair;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextKeysOnPostgresTest extends TextKeysContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }

    @Override
    void prepare(Handle handle) {
        handle.execute("CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
        handle.execute("CREATE DOMAIN padded AS CHAR(8)");
    }

    @Override
    String looseType() {
        return "VARCHAR(40) COLLATE loose";
    }

    @Override
    String otherSpelling() {
        return "A";
    }

    @Override
    String strictType() {
        return "VARCHAR(40)";
    }

    @ParameterizedTest
    @ValueSource(strings = {"CHAR(8)", "UUID", "padded"})
    void types_that_pad_or_read_several_spellings_are_refused(String type) {
        assertRefused(type);
    }
}
