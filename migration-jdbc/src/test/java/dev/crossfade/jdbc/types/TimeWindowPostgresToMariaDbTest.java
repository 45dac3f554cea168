package dev.crossfade.jdbc.types;

import dev.crossfade.jdbc.testing.Pair;

class TimeWindowPostgresToMariaDbTest extends TimeWindowContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES_TO_MARIADB;
    }
}
