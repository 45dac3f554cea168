package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class StrayRepositoryOnH2Test extends StrayRepositoryContract {
    @Override
    Pair pair() {
        return Pair.H2;
    }
}
