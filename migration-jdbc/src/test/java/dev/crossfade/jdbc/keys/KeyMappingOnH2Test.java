package dev.crossfade.jdbc.keys;

import dev.crossfade.jdbc.testing.Pair;

class KeyMappingOnH2Test extends KeyMappingContract {
    @Override
    Pair pair() {
        return Pair.H2;
    }
}
