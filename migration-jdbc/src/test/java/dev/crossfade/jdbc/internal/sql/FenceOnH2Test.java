package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.jdbc.testing.TestServer;

final class FenceOnH2Test extends FenceContract {
    @Override
    TestServer server() {
        return TestServer.H2;
    }
}
