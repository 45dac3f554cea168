package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class IsolationOnMariaDbTest extends IsolationContract {
    @Override
    Pair pair() {
        return Pair.MARIADB;
    }
}
