package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class WrittenKeysOnMariaDbTest extends WrittenKeysContract {
    @Override
    Pair pair() {
        return Pair.MARIADB;
    }
}
