package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.TestServer;

final class DatabaseOnMariaDbTest extends DatabaseContract {
    @Override
    TestServer engine() {
        return TestServer.MARIADB;
    }
}
