package dev.crossfade.jdbc.types;

import dev.crossfade.jdbc.testing.Pair;

class RangeDigestOnMariaDbTest extends RangeDigestContract {
    @Override
    Pair pair() {
        return Pair.MARIADB;
    }
}
