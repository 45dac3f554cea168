package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.jdbc.testing.TestServer;

final class LedgerChangesOnMariaDbTest extends LedgerChangesContract {
    @Override
    TestServer server() {
        return TestServer.MARIADB;
    }
}
