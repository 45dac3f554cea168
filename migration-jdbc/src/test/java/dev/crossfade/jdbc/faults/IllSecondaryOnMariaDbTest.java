package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.testing.Pair;

class IllSecondaryOnMariaDbTest extends IllSecondaryContract {
    @Override
    Pair pair() {
        return Pair.MARIADB;
    }
}
