package dev.crossfade.samples.benchmarks.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/** A PostgreSQL server with a legacy and a new database, and nothing in them but an empty table of orders. */
final class Server implements AutoCloseable {
    static final String LEGACY = "legacy";
    static final String NEW = "new";

    private final EmbeddedPostgres postgres;

    /** Whether COMMIT waits for the disk. */
    enum Commits {
        DURABLE("on"),
        NOT_DURABLE("off");

        private final String setting;

        Commits(String setting) {
            this.setting = setting;
        }
    }

    private Server(EmbeddedPostgres postgres) {
        this.postgres = postgres;
    }

    static Server start() throws IOException, SQLException {
        Server server = new Server(EmbeddedPostgres.builder()
                .setServerConfig("fsync", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("max_connections", "200")
                .setServerConfig("shared_buffers", "256MB")
                .setServerConfig("max_wal_size", "8GB")
                .setServerConfig("checkpoint_timeout", "1h")
                .start());
        for (String database : new String[] {LEGACY, NEW}) {
            server.execute("postgres", "CREATE DATABASE \"" + database + "\"");
            server.execute(database, SqlOrders.TABLE);
        }
        server.execute(LEGACY, Rivals.TABLES);
        return server;
    }

    int port() {
        return postgres.getPort();
    }

    void execute(String database, String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url(port(), database), "postgres", "");
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** A pool as services have it: everything as the pool and the driver come. */
    HikariDataSource pool(String database, Commits commits) {
        return pool(port(), database, commits);
    }

    /** A pool that reaches the server through another port. */
    static HikariDataSource pool(int port, String database, Commits commits) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url(port, database));
        config.setUsername("postgres");
        config.setMaximumPoolSize(32);
        config.setMinimumIdle(4);
        config.setConnectionTimeout(5_000);
        config.addDataSourceProperty("options", "-c synchronous_commit=" + commits.setting);
        return new HikariDataSource(config);
    }

    private static String url(int port, String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    @Override
    public void close() throws IOException {
        postgres.close();
    }
}
