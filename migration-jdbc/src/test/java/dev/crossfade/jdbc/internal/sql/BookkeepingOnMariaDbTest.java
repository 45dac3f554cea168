package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.jdbc.testing.TestServer;

final class BookkeepingOnMariaDbTest extends BookkeepingContract {
    @Override
    TestServer server() {
        return TestServer.MARIADB;
    }
}
