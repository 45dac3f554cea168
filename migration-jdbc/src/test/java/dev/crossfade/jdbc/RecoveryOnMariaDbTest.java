package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.Pair;

class RecoveryOnMariaDbTest extends RecoveryContract {
    @Override
    Pair pair() {
        return Pair.MARIADB;
    }
}
