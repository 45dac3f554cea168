package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class StrayRepositoryOnPostgresTest extends StrayRepositoryContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }
}
