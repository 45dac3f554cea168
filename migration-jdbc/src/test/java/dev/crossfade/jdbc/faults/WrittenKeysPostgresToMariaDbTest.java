package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class WrittenKeysPostgresToMariaDbTest extends WrittenKeysContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES_TO_MARIADB;
    }
}
