package dev.crossfade.jdbc.testing;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/** H2 in memory; a database lives until it is shut down. */
class H2Backend implements Backend {
    @Override
    public void create(String database) throws SQLException {
        DriverManager.getConnection(embedded(database), user(), password()).close();
    }

    @Override
    public void drop(String database) throws SQLException {
        try (Connection connection = DriverManager.getConnection(embedded(database), user(), password());
                Statement statement = connection.createStatement()) {
            statement.execute("SHUTDOWN IMMEDIATELY");
        }
    }

    /** How this JVM reaches the database, whoever else does. */
    String embedded(String database) {
        return "jdbc:h2:mem:" + database + ";DB_CLOSE_DELAY=-1";
    }

    @Override
    public String url(String database, int port) {
        return embedded(database);
    }

    @Override
    public String user() {
        return "sa";
    }

    @Override
    public String password() {
        return "";
    }

    @Override
    public int port() {
        return 0;
    }
}
