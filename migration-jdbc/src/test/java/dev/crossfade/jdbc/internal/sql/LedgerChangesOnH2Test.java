package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.jdbc.testing.TestServer;

final class LedgerChangesOnH2Test extends LedgerChangesContract {
    @Override
    TestServer server() {
        return TestServer.H2;
    }
}
