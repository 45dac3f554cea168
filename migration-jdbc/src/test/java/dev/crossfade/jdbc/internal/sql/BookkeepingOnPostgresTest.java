package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.jdbc.testing.TestServer;

final class BookkeepingOnPostgresTest extends BookkeepingContract {
    @Override
    TestServer server() {
        return TestServer.POSTGRES;
    }
}
