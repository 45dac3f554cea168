package dev.crossfade.jdbc.reconcile;

import dev.crossfade.jdbc.testing.Pair;

class ReconciliationOnH2Test extends ReconciliationContract {
    @Override
    Pair pair() {
        return Pair.H2;
    }
}
