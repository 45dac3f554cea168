package dev.crossfade.jdbc;

import dev.crossfade.jdbc.testing.TestServer;

final class OwnTransactionOnMariaDbTest extends OwnTransactionContract {
    @Override
    TestServer engine() {
        return TestServer.MARIADB;
    }
}
