package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.Pair;

class BulkOnPostgresTest extends BulkContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }
}
