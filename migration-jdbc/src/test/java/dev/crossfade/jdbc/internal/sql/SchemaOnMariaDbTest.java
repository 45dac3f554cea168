package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.jdbc.testing.TestServer;

final class SchemaOnMariaDbTest extends SchemaContract {
    @Override
    TestServer server() {
        return TestServer.MARIADB;
    }
}
