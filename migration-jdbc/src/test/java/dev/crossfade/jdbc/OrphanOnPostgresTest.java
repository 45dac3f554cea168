package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.Pair;

class OrphanOnPostgresTest extends OrphanContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }
}
