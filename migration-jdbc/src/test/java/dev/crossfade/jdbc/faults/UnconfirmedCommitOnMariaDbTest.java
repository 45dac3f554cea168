package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class UnconfirmedCommitOnMariaDbTest extends UnconfirmedCommitContract {
    @Override
    Pair pair() {
        return Pair.MARIADB;
    }
}
