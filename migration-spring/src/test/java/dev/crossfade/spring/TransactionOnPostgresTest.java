package dev.crossfade.spring;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Here the keys are captured by the very statement that commits. */
final class TransactionOnPostgresTest extends TransactionContract {
    private static @Nullable EmbeddedPostgres server;
    private static int schemas;

    @BeforeAll
    static void start() throws IOException {
        server = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "off")
                .setServerConfig("max_connections", "100")
                .start();
    }

    @AfterAll
    static void stop() throws IOException {
        Objects.requireNonNull(server).close();
    }

    /** Two schemas of one database. */
    @Override
    String[] databases() {
        schemas++;
        return new String[] {
            "legacy.url=" + schema("legacy" + schemas), "new.url=" + schema("new" + schemas), "user=postgres"
        };
    }

    private static String schema(String name) {
        EmbeddedPostgres running = Objects.requireNonNull(server);
        try (Connection connection = running.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE SCHEMA " + name);
        } catch (SQLException failure) {
            throw new AssertionError(failure);
        }
        return running.getJdbcUrl("postgres", "postgres") + "&currentSchema=" + name;
    }
}
