package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.Pair;

class PurgeOnMariaDbTest extends PurgeContract {
    @Override
    Pair pair() {
        return Pair.MARIADB;
    }
}
