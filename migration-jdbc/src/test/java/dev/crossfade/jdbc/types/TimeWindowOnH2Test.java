package dev.crossfade.jdbc.types;

import dev.crossfade.jdbc.testing.Pair;

class TimeWindowOnH2Test extends TimeWindowContract {
    @Override
    Pair pair() {
        return Pair.H2;
    }
}
