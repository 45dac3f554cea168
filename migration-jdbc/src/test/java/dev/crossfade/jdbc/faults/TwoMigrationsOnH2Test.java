package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class TwoMigrationsOnH2Test extends TwoMigrationsContract {
    @Override
    Pair pair() {
        return Pair.H2;
    }
}
