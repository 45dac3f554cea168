package dev.crossfade.jdbc.testing;

final class TestDatabasesPostgresToMariaDbTest extends TestDatabasesContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES_TO_MARIADB;
    }
}
