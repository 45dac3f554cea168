package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.jdbc.testing.TestServer;

final class LedgerFailureOnPostgresTest extends LedgerFailureContract {
    @Override
    TestServer server() {
        return TestServer.POSTGRES;
    }
}
