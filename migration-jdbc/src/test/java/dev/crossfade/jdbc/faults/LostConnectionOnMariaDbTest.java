package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class LostConnectionOnMariaDbTest extends LostConnectionContract {
    @Override
    Pair pair() {
        return Pair.MARIADB;
    }
}
