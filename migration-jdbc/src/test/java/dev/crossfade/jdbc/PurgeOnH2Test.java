package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.Pair;

class PurgeOnH2Test extends PurgeContract {
    @Override
    Pair pair() {
        return Pair.H2;
    }
}
