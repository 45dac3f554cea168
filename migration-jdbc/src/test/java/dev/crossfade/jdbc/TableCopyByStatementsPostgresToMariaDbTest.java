package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.Pair;

class TableCopyByStatementsPostgresToMariaDbTest extends TableCopyContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES_TO_MARIADB;
    }

    @Override
    boolean inBulk() {
        return false;
    }
}
