package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class ReconciliationFaultsOnMariaDbTest extends ReconciliationFaultsContract {
    @Override
    Pair pair() {
        return Pair.MARIADB;
    }
}
