package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.TestServer;

final class RepositoryOnH2Test extends RepositoryContract {
    @Override
    TestServer engine() {
        return TestServer.H2;
    }
}
