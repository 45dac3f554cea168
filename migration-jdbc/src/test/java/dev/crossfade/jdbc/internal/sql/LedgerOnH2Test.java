package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.jdbc.testing.TestServer;

final class LedgerOnH2Test extends LedgerContract {
    @Override
    TestServer server() {
        return TestServer.H2;
    }
}
