package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.jdbc.testing.TestServer;

final class SchemaOnPostgresTest extends SchemaContract {
    @Override
    TestServer server() {
        return TestServer.POSTGRES;
    }
}
