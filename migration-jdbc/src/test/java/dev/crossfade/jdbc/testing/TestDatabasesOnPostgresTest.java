package dev.crossfade.jdbc.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

final class TestDatabasesOnPostgresTest extends TestDatabasesContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }

    /** PostgreSQL's databases are used again. */
    @Test
    void neither_schemas_nor_settings_outlive_their_database() throws SQLException {
        TestDatabase closed = TestServer.POSTGRES.newDatabase();
        try (Connection connection = closed.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE SCHEMA \"Another one\"");
            statement.execute("CREATE TABLE \"Another one\".item (id INT)");
            statement.execute("ALTER DATABASE " + closed.name() + " SET lock_timeout = '7s'");
        }
        closed.close();

        try (TestDatabase fresh = TestServer.POSTGRES.newDatabase();
                Connection connection = fresh.connect();
                Statement statement = connection.createStatement()) {
            assertThat(answer(statement, "SELECT string_agg(nspname, ',') FROM pg_namespace WHERE nspname !~ '^pg_'"))
                    .isIn("information_schema,public", "public,information_schema");
            assertThat(answer(statement, "SHOW lock_timeout")).isEqualTo("0");
        }
    }

    private static String answer(Statement statement, String sql) throws SQLException {
        try (ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getString(1);
        }
    }
}
