package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.TestServer;

final class RepositoryOnPostgresTest extends RepositoryContract {
    @Override
    TestServer engine() {
        return TestServer.POSTGRES;
    }
}
