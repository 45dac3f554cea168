package dev.crossfade.jdbc.internal.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.jdbc.testing.TestDatabase;
import dev.crossfade.jdbc.testing.TestServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** How the tables come to be, on every database. */
abstract class SchemaContract {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int INSTANCES = 6;

    private TestDatabase database;

    abstract TestServer server();

    @BeforeEach
    void open_an_empty_database() {
        database = server().newDatabase();
    }

    @AfterEach
    void drop_it() {
        database.close();
    }

    @Test
    void missing_tables_are_created_once() throws SQLException {
        ensure("crossfade_", Schema.Mode.IF_MISSING);
        ensure("crossfade_", Schema.Mode.IF_MISSING);
        ensure("crossfade_", Schema.Mode.NEVER);

        assertThat(version("crossfade_")).isEqualTo(Schema.VERSION);
    }

    @Test
    void two_prefixes_live_side_by_side() throws SQLException {
        ensure("one_", Schema.Mode.IF_MISSING);
        ensure("two_", Schema.Mode.IF_MISSING);

        assertThat(version("one_")).isEqualTo(version("two_")).isEqualTo(Schema.VERSION);
    }

    @RepeatedTest(10)
    void many_instances_may_create_the_tables_at_once() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(INSTANCES);
        try {
            List<Future<?>> instances = new ArrayList<>();
            for (int i = 0; i < INSTANCES; i++) {
                instances.add(threads.submit(() -> {
                    ensure("crossfade_", Schema.Mode.IF_MISSING);
                    return null;
                }));
            }
            for (Future<?> instance : instances) {
                instance.get();
            }
        } finally {
            threads.shutdownNow();
        }

        assertThat(version("crossfade_")).isEqualTo(Schema.VERSION);
    }

    @Test
    void creation_goes_on_where_an_earlier_one_ended() throws SQLException {
        ensure("crossfade_", Schema.Mode.IF_MISSING);
        execute("DROP TABLE crossfade_audit");
        execute("DELETE FROM crossfade_schema_version");

        ensure("crossfade_", Schema.Mode.IF_MISSING);

        execute("SELECT id FROM crossfade_audit");
        assertThat(version("crossfade_")).isEqualTo(Schema.VERSION);
    }

    @Test
    void missing_tables_are_refused_where_the_library_must_not_create_them() {
        assertThatThrownBy(() -> ensure("crossfade_", Schema.Mode.NEVER))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("missing")
                .hasMessageContaining("Nothing was changed")
                .hasMessageContaining(".sql");
    }

    @Test
    void tables_of_another_version_are_refused_and_left_alone() throws SQLException {
        ensure("crossfade_", Schema.Mode.IF_MISSING);
        execute("UPDATE crossfade_schema_version SET version = 99");

        assertThatThrownBy(() -> ensure("crossfade_", Schema.Mode.IF_MISSING))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("version 99")
                .hasMessageContaining("version " + Schema.VERSION)
                .hasMessageContaining("Nothing was changed");
        assertThat(version("crossfade_")).isEqualTo(99);
    }

    @Test
    void a_prefix_that_is_no_identifier_is_refused() {
        for (String prefix : List.of("", "1a", "A_", "a-b", "a;drop", "a\"", "a23456789012345678901234")) {
            assertThatThrownBy(() -> ensure(prefix, Schema.Mode.IF_MISSING))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("prefix");
        }
    }

    @Test
    void auto_commit_and_time_limits_are_left_as_they_were() throws SQLException {
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            Schema.ensure(connection, "crossfade_", Schema.Mode.IF_MISSING, LIMIT);
            assertThat(connection.getAutoCommit()).isFalse();
            try (Statement statement = connection.createStatement()) {
                assertThat(statement.getQueryTimeout()).isZero();
            }
        }
    }

    private void ensure(String prefix, Schema.Mode mode) throws SQLException {
        try (Connection connection = database.connect()) {
            Schema.ensure(connection, prefix, mode, LIMIT);
        }
    }

    private int version(String prefix) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT version FROM " + prefix + "schema_version")) {
            row.next();
            return row.getInt(1);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
