package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class ReadYourWritesOnPostgresTest extends ReadYourWritesContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }
}
