package dev.crossfade.jdbc.testing;

final class TestDatabasesOnH2Test extends TestDatabasesContract {
    @Override
    Pair pair() {
        return Pair.H2;
    }
}
