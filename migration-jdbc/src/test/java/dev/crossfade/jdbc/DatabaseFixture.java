package dev.crossfade.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.crossfade.jdbc.testing.TestDatabase;
import dev.crossfade.jdbc.testing.TestServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A database with a table of items and a pool of one connection, new for each test. */
abstract class DatabaseFixture {
    static final String INSERT = "INSERT INTO item VALUES (?, ?)";

    TestDatabase server;
    HikariDataSource single;
    Database database;

    abstract TestServer engine();

    @BeforeEach
    void open() throws SQLException {
        server = engine().newDatabase();
        // One connection: whoever takes a second one while a transaction holds the first is found out.
        single = server.openPool(server.url(), 1);
        single.setConnectionTimeout(2_000);
        database = Database.of("legacy", single);
        database.jdbi().installPlugin(new SqlObjectPlugin());
        try (Connection connection = server.connect()) {
            execute(connection, "CREATE TABLE item (id INT PRIMARY KEY, amount INT NOT NULL)");
        }
    }

    @AfterEach
    void close() {
        server.close();
    }

    final HikariDataSource pool(Consumer<HikariConfig> settings) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(server.url());
        config.setUsername(server.user());
        config.setPassword(server.password());
        config.setMaximumPoolSize(1);
        settings.accept(config);
        return new HikariDataSource(config);
    }

    final void assertThatPoolIsClean() {
        try (Connection fresh = server.connect();
                Connection connection = single.getConnection()) {
            assertThat(connection.getAutoCommit()).isTrue();
            assertThat(connection.isReadOnly()).isFalse();
            assertThat(connection.getTransactionIsolation()).isEqualTo(fresh.getTransactionIsolation());
            assertThat(connection.getNetworkTimeout()).isEqualTo(fresh.getNetworkTimeout());
            execute(connection, "SELECT count(*) FROM item");
        } catch (SQLException e) {
            throw new AssertionError("the pool gives no clean connection", e);
        }
    }

    /** Seen by a session that has no part in any transaction. */
    final List<Integer> ids() {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT id FROM item ORDER BY id")) {
            List<Integer> ids = new ArrayList<>();
            while (result.next()) {
                ids.add(result.getInt(1));
            }
            return ids;
        } catch (SQLException e) {
            throw new AssertionError("cannot read what was committed", e);
        }
    }

    static int amount(DataSource dataSource, int id) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement select = connection.prepareStatement("SELECT amount FROM item WHERE id = ?")) {
            select.setInt(1, id);
            try (ResultSet result = select.executeQuery()) {
                result.next();
                return result.getInt(1);
            }
        }
    }

    static @Nullable Void insert(DataSource dataSource, int id) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            return insert(connection, id);
        }
    }

    static @Nullable Void insert(Connection connection, int id) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setInt(1, id);
            insert.setInt(2, 10);
            insert.executeUpdate();
            return null;
        }
    }

    final void execute(String sql) throws SQLException {
        try (Connection connection = server.connect()) {
            execute(connection, sql);
        }
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
