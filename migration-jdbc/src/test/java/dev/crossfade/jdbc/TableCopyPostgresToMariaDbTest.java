package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.Pair;

class TableCopyPostgresToMariaDbTest extends TableCopyContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES_TO_MARIADB;
    }
}
