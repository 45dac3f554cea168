package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class InterruptOnPostgresTest extends InterruptContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }
}
