package dev.crossfade.samples.quickstart.h2;

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
        EmbeddedDatabase database = new EmbeddedDatabase(Pools.open(name, "jdbc:h2:mem:" + name));
        database.execute(read(owner, script));
        return database;
    }

    /** The name, unique in this process. */
    public String name() {
        return pool.getPoolName();
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
