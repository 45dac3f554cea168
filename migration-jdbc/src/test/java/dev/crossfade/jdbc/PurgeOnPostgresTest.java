package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.Pair;

class PurgeOnPostgresTest extends PurgeContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }
}
