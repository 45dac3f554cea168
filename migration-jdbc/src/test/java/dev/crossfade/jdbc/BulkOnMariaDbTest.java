package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.Pair;

class BulkOnMariaDbTest extends BulkContract {
    @Override
    Pair pair() {
        return Pair.MARIADB;
    }
}
