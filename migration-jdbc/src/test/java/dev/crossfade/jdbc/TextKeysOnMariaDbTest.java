package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.Pair;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextKeysOnMariaDbTest extends TextKeysContract {
    @Override
    Pair pair() {
        return Pair.MARIADB;
    }

    @Override
    String looseType() {
        return "VARCHAR(40)";
    }

    @Override
    String otherSpelling() {
        return "A ";
    }

    @Override
    String strictType() {
        return "VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"CHAR(8) COLLATE utf8mb4_nopad_bin", "VARCHAR(40) COLLATE utf8mb4_bin", "UUID", "BINARY(8)"})
    void types_that_pad_or_read_several_spellings_are_refused(String type) {
        assertRefused(type.replace(" COLLATE", " CHARACTER SET utf8mb4 COLLATE"));
    }
}
