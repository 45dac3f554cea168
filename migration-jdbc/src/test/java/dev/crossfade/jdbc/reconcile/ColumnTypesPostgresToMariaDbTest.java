package dev.crossfade.jdbc.reconcile;

import dev.crossfade.jdbc.testing.Pair;

class ColumnTypesPostgresToMariaDbTest extends ColumnTypesContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES_TO_MARIADB;
    }
}
