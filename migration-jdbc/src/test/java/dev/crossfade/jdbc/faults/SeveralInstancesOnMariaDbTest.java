package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class SeveralInstancesOnMariaDbTest extends SeveralInstancesContract {
    @Override
    Pair pair() {
        return Pair.MARIADB;
    }
}
