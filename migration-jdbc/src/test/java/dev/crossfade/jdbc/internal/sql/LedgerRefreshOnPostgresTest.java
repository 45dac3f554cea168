package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.jdbc.testing.TestServer;

final class LedgerRefreshOnPostgresTest extends LedgerRefreshContract {
    @Override
    TestServer server() {
        return TestServer.POSTGRES;
    }
}
