package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.Pair;

class OrphanMariaDbToPostgresTest extends OrphanContract {
    @Override
    Pair pair() {
        return Pair.MARIADB_TO_POSTGRES;
    }
}
