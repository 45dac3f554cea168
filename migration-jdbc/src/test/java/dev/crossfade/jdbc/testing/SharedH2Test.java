package dev.crossfade.jdbc.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

class SharedH2Test {
    @Test
    void clients_of_the_server_see_one_database_as_long_as_it_is_open() throws SQLException {
        try (TestDatabase database = TestServer.H2_SHARED.newDatabase()) {
            assertThat(database.url()).startsWith("jdbc:h2:tcp:");
            try (Connection one = database.connect();
                    Statement statement = one.createStatement()) {
                statement.execute("CREATE TABLE item AS SELECT 7 AS id");
            }
            try (Connection another =
                            DriverManager.getConnection(database.url(), database.user(), database.password());
                    Statement statement = another.createStatement();
                    ResultSet result = statement.executeQuery("SELECT id FROM item")) {
                assertThat(result.next()).isTrue();
                assertThat(result.getInt(1)).isEqualTo(7);
            }
        }
    }
}
