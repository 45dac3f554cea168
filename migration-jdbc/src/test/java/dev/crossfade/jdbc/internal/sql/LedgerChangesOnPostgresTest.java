package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.jdbc.testing.TestServer;

final class LedgerChangesOnPostgresTest extends LedgerChangesContract {
    @Override
    TestServer server() {
        return TestServer.POSTGRES;
    }
}
