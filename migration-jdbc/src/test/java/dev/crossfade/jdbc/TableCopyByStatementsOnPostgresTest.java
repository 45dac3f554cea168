package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.Pair;

class TableCopyByStatementsOnPostgresTest extends TableCopyContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }

    @Override
    boolean inBulk() {
        return false;
    }
}
