package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class ReconciliationFaultsMariaDbToPostgresTest extends ReconciliationFaultsContract {
    @Override
    Pair pair() {
        return Pair.MARIADB_TO_POSTGRES;
    }
}
