package dev.crossfade.jdbc.internal.sql;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** Creates Crossfade's tables, or only looks whether those that are there fit. Tables that exist are never altered. */
public final class Schema {
    /** The version of the tables that this library works with. */
    public static final int VERSION = 1;

    /** The tables' prefix unless one is chosen. */
    public static final String DEFAULT_PREFIX = "crossfade_";

    private static final Pattern PREFIX = Pattern.compile("[a-z][a-z0-9_]{0,20}");

    private Schema() {}

    /** Table names are put into statements, so only plain identifiers pass. */
    public static void checkPrefix(String prefix) {
        if (!PREFIX.matcher(prefix).matches()) {
            throw new IllegalArgumentException("The table prefix '" + prefix
                    + "' is no plain identifier: use a letter, then up to 20 letters, digits or underscores, all in"
                    + " lower case");
        }
    }

    /** Who creates the tables. */
    public enum Mode {
        /** The library, where they are missing. */
        IF_MISSING,
        /** Someone else, beforehand. */
        NEVER
    }

    /**
     * Makes sure that the tables are there and fit. Several instances may do so at once: one creates, the others wait. If
     * it fails half-way, the next call goes on where it ended.
     *
     * @param connection plain, without a transaction of the caller's; auto-commit and time limits are left as they were
     * @param prefix     of the tables' names, {@code [a-z][a-z0-9_]{0,20}}
     * @param limit      how long a statement may run or wait, in whole seconds, at least 1
     * @throws IllegalStateException if the tables are of another version, or missing and not to be created
     */
    public static void ensure(Connection connection, String prefix, Mode mode, Duration limit) throws SQLException {
        checkPrefix(prefix);
        Dialect dialect = Dialect.of(connection);
        int queryTimeout = queryTimeout(connection);
        boolean autoCommit = connection.getAutoCommit();
        connection.setAutoCommit(true);
        try {
            OptionalInt version = version(connection, prefix, limit);
            if (version.isEmpty() && mode == Mode.IF_MISSING) {
                create(connection, dialect, prefix, limit);
                connection.setAutoCommit(true);
                version = version(connection, prefix, limit);
            }
            check(version, prefix, dialect);
        } finally {
            // H2 keeps a statement's time limit for the whole session.
            limit(connection, queryTimeout);
            connection.setAutoCommit(autoCommit);
        }
    }

    private static int queryTimeout(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.getQueryTimeout();
        }
    }

    private static void limit(Connection connection, int seconds) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(seconds);
        }
    }

    /** The statements that create the tables, as one readable text, for whoever creates them by hand. */
    public static String script(Dialect dialect, String prefix) {
        checkPrefix(prefix);
        String file = "/dev/crossfade/jdbc/schema/" + dialect.schemaFile() + ".sql";
        try (InputStream in = Objects.requireNonNull(Schema.class.getResourceAsStream(file), file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("${prefix}", prefix)
                    + """

                            INSERT INTO %1$sschema_version (id, version)
                            SELECT 1, %2$d FROM (SELECT 1 AS one) o WHERE NOT EXISTS (SELECT 1 FROM %1$sschema_version);
                            """.formatted(prefix, VERSION);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
    }

    private static void check(OptionalInt version, String prefix, Dialect dialect) {
        if (version.isEmpty()) {
            throw new IllegalStateException("The tables '" + prefix + "*' are missing and are not to be created."
                    + " Nothing was changed. Run the file dev/crossfade/jdbc/schema/" + dialect.schemaFile()
                    + ".sql of this library with ${prefix} replaced by '" + prefix + "', insert (1, " + VERSION
                    + ") into '" + prefix + "schema_version', or let the library create them.");
        }
        int found = version.getAsInt();
        if (found != VERSION) {
            throw new IllegalStateException("The tables '" + prefix + "*' are of version " + found
                    + ", this library works with version " + VERSION + ". Nothing was changed. "
                    + (found > VERSION
                            ? "A newer version of the library created them: use that version here, too."
                            : "Finish the running migration with the library that created them, or use another"
                                    + " prefix."));
        }
    }

    private static OptionalInt version(Connection connection, String prefix, Duration limit) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(seconds(limit));
            try (ResultSet row = statement.executeQuery("SELECT version FROM " + prefix + "schema_version")) {
                return row.next() ? OptionalInt.of(row.getInt(1)) : OptionalInt.empty();
            }
        } catch (SQLException e) {
            if (SqlFailure.isMissingTable(e)) {
                return OptionalInt.empty();
            }
            throw e;
        }
    }

    private static void create(Connection connection, Dialect dialect, String prefix, Duration limit)
            throws SQLException {
        dialect.beginSchema(connection, prefix, limit);
        boolean created = false;
        try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(seconds(limit));
            for (String sql : statements(script(dialect, prefix))) {
                execute(statement, sql);
            }
            created = true;
        } finally {
            if (created || connection.getAutoCommit()) {
                dialect.endSchema(connection, prefix);
            } else {
                connection.rollback();
            }
        }
    }

    private static void execute(Statement statement, String sql) throws SQLException {
        try {
            statement.execute(sql);
        } catch (SQLException e) {
            if (SqlFailure.mayBeCreatedMeanwhile(e)) {
                statement.execute(sql);
            } else if (!SqlFailure.isDuplicate(e)) {
                throw e;
            }
            // Else another instance was faster with the row of the version, the last statement.
        }
    }

    private static List<String> statements(String script) {
        StringBuilder withoutComments = new StringBuilder();
        script.lines()
                .map(line -> line.contains("--") ? line.substring(0, line.indexOf("--")) : line)
                .forEach(line -> withoutComments.append(line).append('\n'));
        List<String> statements = new ArrayList<>();
        for (String statement : withoutComments.toString().split(";", -1)) {
            if (!statement.isBlank()) {
                statements.add(statement.strip());
            }
        }
        return statements;
    }

    private static int seconds(Duration limit) {
        return (int) Math.max(1, limit.toSeconds());
    }
}
