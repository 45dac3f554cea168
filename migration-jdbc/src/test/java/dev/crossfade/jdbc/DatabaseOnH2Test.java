package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.TestServer;

final class DatabaseOnH2Test extends DatabaseContract {
    @Override
    TestServer engine() {
        return TestServer.H2;
    }
}
