package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.Pair;

class WalkOnH2Test extends WalkContract {
    @Override
    Pair pair() {
        return Pair.H2;
    }
}
