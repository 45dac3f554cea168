package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.jdbc.testing.TestServer;

final class RaiseBeforeCommitOnMariaDbTest extends RaiseBeforeCommitContract {
    @Override
    TestServer server() {
        return TestServer.MARIADB;
    }
}
