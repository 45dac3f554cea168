package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.jdbc.testing.TestServer;

final class LedgerOnMariaDbTest extends LedgerContract {
    @Override
    TestServer server() {
        return TestServer.MARIADB;
    }
}
