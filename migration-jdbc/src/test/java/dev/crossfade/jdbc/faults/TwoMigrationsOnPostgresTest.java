package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class TwoMigrationsOnPostgresTest extends TwoMigrationsContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }
}
