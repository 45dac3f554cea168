package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.jdbc.testing.TestServer;

final class FenceOnPostgresTest extends FenceContract {
    @Override
    TestServer server() {
        return TestServer.POSTGRES;
    }
}
