package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class RollbackOnMariaDbTest extends RollbackContract {
    @Override
    Pair pair() {
        return Pair.MARIADB;
    }
}
