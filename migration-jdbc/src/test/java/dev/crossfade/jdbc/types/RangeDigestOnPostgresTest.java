package dev.crossfade.jdbc.types;

import dev.crossfade.jdbc.testing.Pair;

class RangeDigestOnPostgresTest extends RangeDigestContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }
}
