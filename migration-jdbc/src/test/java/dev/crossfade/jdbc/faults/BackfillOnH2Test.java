package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class BackfillOnH2Test extends BackfillContract {
    @Override
    Pair pair() {
        return Pair.H2;
    }
}
