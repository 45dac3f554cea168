package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.Pair;

class WalkPostgresToMariaDbTest extends WalkContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES_TO_MARIADB;
    }
}
