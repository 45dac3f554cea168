package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.Pair;

class IdBlocksOnMariaDbTest extends IdBlocksContract {
    @Override
    Pair pair() {
        return Pair.MARIADB;
    }
}
