package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.jdbc.testing.TestServer;

final class LedgerFailureOnMariaDbTest extends LedgerFailureContract {
    @Override
    TestServer server() {
        return TestServer.MARIADB;
    }
}
