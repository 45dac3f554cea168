package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class ReadYourWritesOnMariaDbTest extends ReadYourWritesContract {
    @Override
    Pair pair() {
        return Pair.MARIADB;
    }
}
