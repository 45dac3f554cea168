package dev.crossfade.jdbc.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** PostgreSQL's binaries come from the class path; they are unpacked once per machine. */
final class PostgresBackend implements Backend {
    /** The one server of this JVM, started when it is first asked for. */
    static final class Running {
        static final PostgresBackend INSTANCE = start(TestServer.DURABLE);

        private Running() {}
    }

    private final EmbeddedPostgres server;

    private PostgresBackend(EmbeddedPostgres server) {
        this.server = server;
    }

    private static PostgresBackend start(boolean durable) {
        String flush = durable ? "on" : "off";
        try {
            // The library registers a shutdown hook that stops the server and deletes its data.
            return new PostgresBackend(EmbeddedPostgres.builder()
                    .setServerConfig("fsync", flush)
                    .setServerConfig("full_page_writes", flush)
                    .setServerConfig("synchronous_commit", flush)
                    .setServerConfig("max_connections", "200")
                    .setServerConfig("shared_buffers", "64MB")
                    .setServerConfig("deadlock_timeout", "100ms")
                    .setServerConfig("timezone", "UTC")
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL did not start", e);
        }
    }

    @Override
    public void create(String database) throws SQLException {
        execute("CREATE DATABASE " + database);
    }

    @Override
    public void drop(String database) throws SQLException {
        execute("DROP DATABASE IF EXISTS " + database + " WITH (FORCE)");
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public String url(String database, int port) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    @Override
    public String user() {
        return "postgres";
    }

    @Override
    public String password() {
        return "";
    }

    @Override
    public int port() {
        return server.getPort();
    }
}
