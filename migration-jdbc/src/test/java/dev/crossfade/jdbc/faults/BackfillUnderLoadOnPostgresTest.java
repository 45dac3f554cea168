package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class BackfillUnderLoadOnPostgresTest extends BackfillUnderLoadContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }
}
