package dev.crossfade.jdbc.keys;

import dev.crossfade.jdbc.testing.Pair;

class KeyMappingOnMariaDbTest extends KeyMappingContract {
    @Override
    Pair pair() {
        return Pair.MARIADB;
    }
}
