package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.Pair;

class TextKeysOnH2Test extends TextKeysContract {
    @Override
    Pair pair() {
        return Pair.H2;
    }

    @Override
    String looseType() {
        return "VARCHAR_IGNORECASE(40)";
    }

    @Override
    String otherSpelling() {
        return "A";
    }

    @Override
    String strictType() {
        return "VARCHAR(40)";
    }
}
