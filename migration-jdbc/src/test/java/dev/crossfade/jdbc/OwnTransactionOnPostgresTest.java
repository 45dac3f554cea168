package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.TestServer;

final class OwnTransactionOnPostgresTest extends OwnTransactionContract {
    @Override
    TestServer engine() {
        return TestServer.POSTGRES;
    }
}
