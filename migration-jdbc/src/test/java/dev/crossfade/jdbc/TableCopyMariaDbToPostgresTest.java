package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.Pair;

class TableCopyMariaDbToPostgresTest extends TableCopyContract {
    @Override
    Pair pair() {
        return Pair.MARIADB_TO_POSTGRES;
    }
}
