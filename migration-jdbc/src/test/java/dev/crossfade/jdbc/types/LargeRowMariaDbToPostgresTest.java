package dev.crossfade.jdbc.types;

import dev.crossfade.jdbc.testing.Pair;

class LargeRowMariaDbToPostgresTest extends LargeRowContract {
    @Override
    Pair pair() {
        return Pair.MARIADB_TO_POSTGRES;
    }
}
