package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class WrittenKeysOnPostgresTest extends WrittenKeysContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }
}
