package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class InterruptOnH2Test extends InterruptContract {
    @Override
    Pair pair() {
        return Pair.H2;
    }
}
