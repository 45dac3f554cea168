package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class TwoMigrationsOnMariaDbTest extends TwoMigrationsContract {
    @Override
    Pair pair() {
        return Pair.MARIADB;
    }
}
