package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.jdbc.testing.TestServer;

final class LedgerOnPostgresTest extends LedgerContract {
    @Override
    TestServer server() {
        return TestServer.POSTGRES;
    }
}
