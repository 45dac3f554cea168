package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.TestServer;

final class DatabaseOnPostgresTest extends DatabaseContract {
    @Override
    TestServer engine() {
        return TestServer.POSTGRES;
    }
}
