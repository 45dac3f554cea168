package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class InterruptOnMariaDbTest extends InterruptContract {
    @Override
    Pair pair() {
        return Pair.MARIADB;
    }
}
