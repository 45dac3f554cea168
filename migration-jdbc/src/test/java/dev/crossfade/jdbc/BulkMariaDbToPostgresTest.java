package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.Pair;

class BulkMariaDbToPostgresTest extends BulkContract {
    @Override
    Pair pair() {
        return Pair.MARIADB_TO_POSTGRES;
    }
}
