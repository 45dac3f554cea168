package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.Pair;

class WalkOnMariaDbTest extends WalkContract {
    @Override
    Pair pair() {
        return Pair.MARIADB;
    }
}
