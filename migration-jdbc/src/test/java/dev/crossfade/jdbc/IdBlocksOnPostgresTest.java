package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.Pair;

class IdBlocksOnPostgresTest extends IdBlocksContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }
}
