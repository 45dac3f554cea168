package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class ContendedKeysOnMariaDbTest extends ContendedKeysContract {
    @Override
    Pair pair() {
        return Pair.MARIADB;
    }
}
