package dev.crossfade.jdbc.keys;

import dev.crossfade.jdbc.testing.Pair;

class KeyMappingPostgresToMariaDbTest extends KeyMappingContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES_TO_MARIADB;
    }
}
