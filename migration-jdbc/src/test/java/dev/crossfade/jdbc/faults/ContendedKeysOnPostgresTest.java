package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class ContendedKeysOnPostgresTest extends ContendedKeysContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }
}
