package dev.crossfade.jdbc.testing;

final class TestDatabasesOnMariaDbTest extends TestDatabasesContract {
    @Override
    Pair pair() {
        return Pair.MARIADB;
    }
}
