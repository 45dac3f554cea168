package dev.crossfade.jdbc.reconcile;

import dev.crossfade.jdbc.testing.Pair;

class ColumnTypesOnPostgresTest extends ColumnTypesContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }
}
