package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.Pair;

class RecoveryMariaDbToPostgresTest extends RecoveryContract {
    @Override
    Pair pair() {
        return Pair.MARIADB_TO_POSTGRES;
    }
}
