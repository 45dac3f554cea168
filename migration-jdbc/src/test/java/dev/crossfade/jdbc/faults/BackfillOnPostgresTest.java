package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class BackfillOnPostgresTest extends BackfillContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }
}
