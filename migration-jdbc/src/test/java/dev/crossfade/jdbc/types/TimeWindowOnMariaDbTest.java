package dev.crossfade.jdbc.types;

import dev.crossfade.jdbc.testing.Pair;

class TimeWindowOnMariaDbTest extends TimeWindowContract {
    @Override
    Pair pair() {
        return Pair.MARIADB;
    }
}
