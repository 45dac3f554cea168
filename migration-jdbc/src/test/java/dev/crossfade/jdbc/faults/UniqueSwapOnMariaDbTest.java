package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class UniqueSwapOnMariaDbTest extends UniqueSwapContract {
    @Override
    Pair pair() {
        return Pair.MARIADB;
    }
}
