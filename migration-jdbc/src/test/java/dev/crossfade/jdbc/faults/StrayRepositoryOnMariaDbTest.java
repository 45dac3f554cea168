package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class StrayRepositoryOnMariaDbTest extends StrayRepositoryContract {
    @Override
    Pair pair() {
        return Pair.MARIADB;
    }
}
