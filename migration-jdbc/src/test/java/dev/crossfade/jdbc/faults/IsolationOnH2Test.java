package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class IsolationOnH2Test extends IsolationContract {
    @Override
    Pair pair() {
        return Pair.H2;
    }
}
