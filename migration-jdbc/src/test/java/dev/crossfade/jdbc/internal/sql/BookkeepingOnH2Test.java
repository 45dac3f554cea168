package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.jdbc.testing.TestServer;

final class BookkeepingOnH2Test extends BookkeepingContract {
    @Override
    TestServer server() {
        return TestServer.H2;
    }
}
