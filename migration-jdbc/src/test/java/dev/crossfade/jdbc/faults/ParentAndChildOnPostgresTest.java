package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class ParentAndChildOnPostgresTest extends ParentAndChildContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }
}
