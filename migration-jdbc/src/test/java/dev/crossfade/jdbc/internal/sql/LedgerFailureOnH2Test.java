package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.jdbc.testing.TestServer;

final class LedgerFailureOnH2Test extends LedgerFailureContract {
    @Override
    TestServer server() {
        return TestServer.H2;
    }
}
