package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.Pair;

class RecoveryOnPostgresTest extends RecoveryContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }
}
