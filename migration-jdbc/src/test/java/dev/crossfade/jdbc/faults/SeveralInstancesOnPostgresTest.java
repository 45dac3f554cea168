package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class SeveralInstancesOnPostgresTest extends SeveralInstancesContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }
}
