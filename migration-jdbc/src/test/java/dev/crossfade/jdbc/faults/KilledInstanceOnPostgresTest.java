package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class KilledInstanceOnPostgresTest extends KilledInstanceContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }
}
