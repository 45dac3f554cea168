package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.Pair;

class TableCopyOnPostgresTest extends TableCopyContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }
}
