package dev.crossfade.jdbc.testing;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;

/**
 * One database of a {@link TestServer}, empty when handed out. Closing it closes its pools, ends what other sessions it
 * has and drops it. Safe for use by many threads.
 */
public final class TestDatabase implements AutoCloseable {
    private static final int POOL_SIZE = 8;

    private final TestServer server;
    private final Backend backend;
    private final String name;
    private final List<HikariDataSource> pools = new CopyOnWriteArrayList<>();
    private final HikariDataSource dataSource;

    TestDatabase(TestServer server, Backend backend, String name) {
        this.server = server;
        this.backend = backend;
        this.name = name;
        this.dataSource = openPool(url(), POOL_SIZE);
    }

    public TestServer server() {
        return server;
    }

    public String name() {
        return name;
    }

    /** The pool of at most 8 connections that most tests need; it opens them as they are asked for. */
    public DataSource dataSource() {
        return dataSource;
    }

    /**
     * Another pool, closed with the database.
     *
     * @param url {@link #url()} or {@link #urlThrough}, with the driver's parameters that the test wants
     * @param size how many connections it opens at most
     */
    public HikariDataSource openPool(String url, int size) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(server + " " + name);
        config.setJdbcUrl(url);
        config.setUsername(user());
        config.setPassword(password());
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(10_000);
        config.setInitializationFailTimeout(-1);
        HikariDataSource pool = new HikariDataSource(config);
        pools.add(pool);
        return pool;
    }

    /** A connection of no pool, for sessions that a test blocks, kills or leaves open. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(url(), user(), password());
    }

    public String url() {
        return backend.url(name, backend.port());
    }

    /** The same database by way of a proxy on this port of loopback. */
    public String urlThrough(int port) {
        if (backend.port() == 0) {
            throw new IllegalStateException(server + " is reached without a network; a proxy needs another server");
        }
        return backend.url(name, port);
    }

    public String user() {
        return backend.user();
    }

    public String password() {
        return backend.password();
    }

    /** Where the server listens on loopback. */
    public int port() {
        return backend.port();
    }

    @Override
    public void close() {
        pools.forEach(HikariDataSource::close);
        try {
            backend.drop(name);
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot drop database " + name + " on " + server, e);
        }
    }
}
