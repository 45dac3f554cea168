package dev.crossfade.jdbc.types;

import dev.crossfade.jdbc.testing.Pair;

class LargeRowPostgresToMariaDbTest extends LargeRowContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES_TO_MARIADB;
    }
}
