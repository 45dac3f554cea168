package dev.crossfade.jdbc.testing.proxy;

import dev.crossfade.jdbc.testing.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The one table of the proxy's tests; counting goes past the proxy. */
final class Rows {
    private Rows() {}

    static void create(TestDatabase database) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE item (id INT PRIMARY KEY, note VARCHAR(20) NOT NULL)");
        }
    }

    static void insert(Connection connection, int id) throws SQLException {
        insert(connection, id, "note");
    }

    static void insert(Connection connection, int id, String note) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("INSERT INTO item VALUES (?, ?)")) {
            statement.setInt(1, id);
            statement.setString(2, note);
            statement.execute();
        }
    }

    static int count(TestDatabase database) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT count(*) FROM item")) {
            result.next();
            return result.getInt(1);
        }
    }
}
