package dev.crossfade.jdbc.reconcile;

import dev.crossfade.jdbc.testing.Pair;

class ReconciliationOnPostgresTest extends ReconciliationContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }
}
