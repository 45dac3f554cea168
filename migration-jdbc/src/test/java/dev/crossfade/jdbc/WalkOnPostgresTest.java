package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.Pair;

class WalkOnPostgresTest extends WalkContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }
}
