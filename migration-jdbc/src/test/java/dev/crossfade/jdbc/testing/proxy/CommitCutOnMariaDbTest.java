package dev.crossfade.jdbc.testing.proxy;

import dev.crossfade.jdbc.testing.TestServer;

final class CommitCutOnMariaDbTest extends CommitCutContract {
    @Override
    TestServer server() {
        return TestServer.MARIADB;
    }

    @Override
    String timeout() {
        return "?socketTimeout=5000";
    }
}
