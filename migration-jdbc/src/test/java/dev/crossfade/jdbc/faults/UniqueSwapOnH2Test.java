package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class UniqueSwapOnH2Test extends UniqueSwapContract {
    @Override
    Pair pair() {
        return Pair.H2;
    }
}
