package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.Pair;

class RecoveryOnH2Test extends RecoveryContract {
    @Override
    Pair pair() {
        return Pair.H2;
    }
}
