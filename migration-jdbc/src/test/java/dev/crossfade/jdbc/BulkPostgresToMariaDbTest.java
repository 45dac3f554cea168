package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.Pair;

class BulkPostgresToMariaDbTest extends BulkContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES_TO_MARIADB;
    }
}
