package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class RollbackOnPostgresTest extends RollbackContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }
}
