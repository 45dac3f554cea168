package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class BackfillPostgresToMariaDbTest extends BackfillContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES_TO_MARIADB;
    }
}
