package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class IsolationOnPostgresTest extends IsolationContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }
}
