package dev.crossfade.jdbc.types;

import dev.crossfade.jdbc.testing.Pair;

class TimeWindowOnPostgresTest extends TimeWindowContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }
}
