package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class BackfillMariaDbToPostgresTest extends BackfillContract {
    @Override
    Pair pair() {
        return Pair.MARIADB_TO_POSTGRES;
    }
}
