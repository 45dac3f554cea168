package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.TestServer;

final class RepositoryOnMariaDbTest extends RepositoryContract {
    @Override
    TestServer engine() {
        return TestServer.MARIADB;
    }
}
