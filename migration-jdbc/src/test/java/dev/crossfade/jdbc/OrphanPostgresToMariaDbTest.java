package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.Pair;

class OrphanPostgresToMariaDbTest extends OrphanContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES_TO_MARIADB;
    }
}
