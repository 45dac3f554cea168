package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.Pair;

class OrphanOnMariaDbTest extends OrphanContract {
    @Override
    Pair pair() {
        return Pair.MARIADB;
    }
}
