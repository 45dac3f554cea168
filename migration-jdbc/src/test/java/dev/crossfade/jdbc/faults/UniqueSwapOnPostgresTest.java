package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class UniqueSwapOnPostgresTest extends UniqueSwapContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }
}
