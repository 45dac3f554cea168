package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class IllSecondaryOnPostgresTest extends IllSecondaryContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }
}
