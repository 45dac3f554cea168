package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.Pair;

class RecoveryPostgresToMariaDbTest extends RecoveryContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES_TO_MARIADB;
    }
}
