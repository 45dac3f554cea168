package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.jdbc.testing.TestServer;

final class LedgerRefreshOnH2Test extends LedgerRefreshContract {
    @Override
    TestServer server() {
        return TestServer.H2;
    }
}
