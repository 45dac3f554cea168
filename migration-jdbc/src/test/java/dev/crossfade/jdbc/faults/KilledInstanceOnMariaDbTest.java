package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class KilledInstanceOnMariaDbTest extends KilledInstanceContract {
    @Override
    Pair pair() {
        return Pair.MARIADB;
    }
}
