package dev.crossfade.jdbc.types;

import dev.crossfade.jdbc.testing.Pair;

class RangeDigestMariaDbToPostgresTest extends RangeDigestContract {
    @Override
    Pair pair() {
        return Pair.MARIADB_TO_POSTGRES;
    }
}
