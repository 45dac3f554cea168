package dev.crossfade.jdbc.testing;

final class TestDatabasesOnPostgresTest extends TestDatabasesContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }
}
