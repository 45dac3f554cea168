package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.jdbc.testing.TestServer;

final class SchemaOnH2Test extends SchemaContract {
    @Override
    TestServer server() {
        return TestServer.H2;
    }
}
