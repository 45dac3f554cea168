package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class ReconciliationFaultsOnH2Test extends ReconciliationFaultsContract {
    @Override
    Pair pair() {
        return Pair.H2;
    }
}
