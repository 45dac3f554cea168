package dev.crossfade.jdbc;

import dev.crossfade.jdbc.internal.fence.IdAlignment;
import dev.crossfade.jdbc.internal.sql.KeyCodec;
import dev.crossfade.jdbc.internal.sql.Schema;
import dev.crossfade.spi.Coordination;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Fence and ledger in the two databases of a migration. {@code between(legacy, next)} of the migration's builder takes it
 * by itself; name it with {@code coordinatedBy} to change a setting:
 *
 * <pre>{@code
 * .coordinatedBy(JdbcCoordination.between(legacy, next).tablePrefix("orders_").withoutDdl())
 * }</pre>
 *
 * <p>Immutable: each method returns a changed copy.
 */
public final class JdbcCoordination implements Coordination.Factory {
    /** The prefix of the tables, unless set otherwise. */
    public static final String DEFAULT_TABLE_PREFIX = "crossfade_";

    private static final Pattern PREFIX = Pattern.compile("[a-z][a-z0-9_]{0,20}");

    private final Database legacy;
    private final Database next;
    private final String tablePrefix;
    private final Schema.Mode schema;
    private final String description;

    private JdbcCoordination(
            Database legacy, Database next, String tablePrefix, Schema.Mode schema, String description) {
        this.legacy = legacy;
        this.next = next;
        this.tablePrefix = tablePrefix;
        this.schema = schema;
        this.description = description;
    }

    /** Fence and ledger between these two, which are those that the migration's builder gets. */
    public static JdbcCoordination between(Database legacy, Database next) {
        return new JdbcCoordination(
                Objects.requireNonNull(legacy, "legacy"),
                Objects.requireNonNull(next, "next"),
                DEFAULT_TABLE_PREFIX,
                Schema.Mode.IF_MISSING,
                "pid " + ProcessHandle.current().pid());
    }

    /**
     * What the names of the tables begin with; the same in both databases and for the life of the migration.
     *
     * @param prefix a small letter, then up to 20 small letters, digits and underscores; default {@value
     *     #DEFAULT_TABLE_PREFIX}
     */
    public JdbcCoordination tablePrefix(String prefix) {
        if (!PREFIX.matcher(prefix).matches()) {
            throw new IllegalArgumentException("The table prefix is '" + prefix
                    + "'; use a small letter, then up to 20 small letters, digits and underscores");
        }
        return new JdbcCoordination(legacy, next, prefix, schema, description);
    }

    /**
     * Creates no table: a missing one fails the start. The statements stand in {@code dev/crossfade/jdbc/schema}, one file
     * for each kind of database. By default the tables are created where they are missing, and never changed.
     */
    public JdbcCoordination withoutDdl() {
        return new JdbcCoordination(legacy, next, tablePrefix, Schema.Mode.NEVER, description);
    }

    /**
     * How operators recognise this instance in messages, such as a host's or a pod's name; by default the process's id.
     *
     * @param text at most 200 characters
     */
    public JdbcCoordination instance(String text) {
        return new JdbcCoordination(legacy, next, tablePrefix, schema, text);
    }

    @Override
    public Coordination create(Setup setup) {
        return new LiveCoordination(setup, this, legacy, next);
    }

    String tablePrefix() {
        return tablePrefix;
    }

    Schema.Mode schema() {
        return schema;
    }

    String description() {
        return description;
    }

    KeyCodec codec() {
        return KeyCodec.standard();
    }

    IdAlignment ids() {
        return IdAlignment.NONE;
    }
}
