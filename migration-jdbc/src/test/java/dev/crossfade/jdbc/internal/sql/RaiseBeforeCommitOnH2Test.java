package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.jdbc.testing.TestServer;

final class RaiseBeforeCommitOnH2Test extends RaiseBeforeCommitContract {
    @Override
    TestServer server() {
        return TestServer.H2;
    }
}
