package dev.crossfade.jdbc.types;

import dev.crossfade.jdbc.testing.Pair;

class RangeDigestPostgresToMariaDbTest extends RangeDigestContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES_TO_MARIADB;
    }
}
