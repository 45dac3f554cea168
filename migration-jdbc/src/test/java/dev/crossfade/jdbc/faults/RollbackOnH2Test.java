package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class RollbackOnH2Test extends RollbackContract {
    @Override
    Pair pair() {
        return Pair.H2;
    }
}
