package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.Pair;

class IdBlocksOnH2Test extends IdBlocksContract {
    @Override
    Pair pair() {
        return Pair.H2;
    }
}
