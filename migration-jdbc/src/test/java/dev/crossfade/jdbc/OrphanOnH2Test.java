package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.Pair;

class OrphanOnH2Test extends OrphanContract {
    @Override
    Pair pair() {
        return Pair.H2;
    }
}
