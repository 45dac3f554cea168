package dev.crossfade.samples.quickstart.h2;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** An H2 database in this process's memory, with its own pool. Closing it discards its content. */
public final class EmbeddedDatabase implements AutoCloseable {
    private static final int POOL_SIZE = 16;
    private static final int CONNECTION_TIMEOUT_MILLIS = 2_000;

    private final HikariDataSource pool;

    private EmbeddedDatabase(HikariDataSource pool) {
        this.pool = pool;
    }

    /**
     * Creates the database and its tables.
     *
     * @param name   unique in this process
     * @param owner  the class beside which the script lies
     * @param script file name of the DDL
     */
    public static EmbeddedDatabase create(String name, Class<?> owner, String script) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setJdbcUrl("jdbc:h2:mem:" + name + ";LOCK_TIMEOUT=2000");
        // The database lives as long as a connection to it is open.
        config.setMaxLifetime(0);
        config.setMaximumPoolSize(POOL_SIZE);
        config.setConnectionTimeout(CONNECTION_TIMEOUT_MILLIS);
        EmbeddedDatabase database = new EmbeddedDatabase(new HikariDataSource(config));
        database.execute(read(owner, script));
        return database;
    }

    public DataSource dataSource() {
        return pool;
    }

    @Override
    public void close() {
        pool.close();
    }

    private void execute(String sql) {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException("Database '" + pool.getPoolName() + "' refused a command", e);
        }
    }

    private static String read(Class<?> owner, String script) {
        try (InputStream in = owner.getResourceAsStream(script)) {
            if (in == null) {
                throw new IllegalArgumentException("No script " + script + " beside " + owner.getName());
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
