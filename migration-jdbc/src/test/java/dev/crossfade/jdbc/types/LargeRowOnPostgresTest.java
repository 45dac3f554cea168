package dev.crossfade.jdbc.types;

import dev.crossfade.jdbc.testing.Pair;

class LargeRowOnPostgresTest extends LargeRowContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }
}
