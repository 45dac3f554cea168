package dev.crossfade;

import org.jspecify.annotations.Nullable;

/**
 * What Crossfade itself reports. Exceptions of a wrapped repository are never wrapped in it.
 *
 * <p>The message names the migration, what happened, what was and was not written, and what to do next.
 */
public class MigrationException extends RuntimeException {
    private final String migration;

    public MigrationException(String migration, String message) {
        this(migration, message, null);
    }

    public MigrationException(String migration, String message, @Nullable Throwable cause) {
        super("Migration '" + migration + "': " + message, cause);
        this.migration = migration;
    }

    /** The migration's name. */
    public String migration() {
        return migration;
    }
}
