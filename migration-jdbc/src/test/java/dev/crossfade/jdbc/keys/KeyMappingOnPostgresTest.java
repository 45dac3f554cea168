package dev.crossfade.jdbc.keys;

import dev.crossfade.jdbc.testing.Pair;

class KeyMappingOnPostgresTest extends KeyMappingContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }
}
