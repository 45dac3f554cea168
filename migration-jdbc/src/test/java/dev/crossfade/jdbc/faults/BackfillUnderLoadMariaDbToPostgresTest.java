package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class BackfillUnderLoadMariaDbToPostgresTest extends BackfillUnderLoadContract {
    @Override
    Pair pair() {
        return Pair.MARIADB_TO_POSTGRES;
    }
}
