package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class ReconciliationFaultsOnPostgresTest extends ReconciliationFaultsContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }
}
