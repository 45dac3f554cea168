package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class ReadYourWritesOnH2Test extends ReadYourWritesContract {
    @Override
    Pair pair() {
        return Pair.H2;
    }
}
