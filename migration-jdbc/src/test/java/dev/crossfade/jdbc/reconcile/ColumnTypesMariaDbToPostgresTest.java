package dev.crossfade.jdbc.reconcile;

import dev.crossfade.jdbc.testing.Pair;

class ColumnTypesMariaDbToPostgresTest extends ColumnTypesContract {
    @Override
    Pair pair() {
        return Pair.MARIADB_TO_POSTGRES;
    }
}
