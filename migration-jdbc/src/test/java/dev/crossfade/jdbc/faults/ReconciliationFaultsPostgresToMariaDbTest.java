package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class ReconciliationFaultsPostgresToMariaDbTest extends ReconciliationFaultsContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES_TO_MARIADB;
    }
}
