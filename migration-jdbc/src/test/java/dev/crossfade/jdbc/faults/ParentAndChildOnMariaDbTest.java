package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class ParentAndChildOnMariaDbTest extends ParentAndChildContract {
    @Override
    Pair pair() {
        return Pair.MARIADB;
    }
}
