package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class WrittenKeysOnH2Test extends WrittenKeysContract {
    @Override
    Pair pair() {
        return Pair.H2;
    }
}
