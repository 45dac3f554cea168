package dev.crossfade;

import org.jspecify.annotations.Nullable;

/**
 * A COMMIT was sent to a store and no answer came back that tells its outcome: the connection broke, the time was up, or
 * the answer was none that means "rolled back". The transaction is either committed as a whole or not at all.
 *
 * <p>Crossfade never repeats a COMMIT nor the work before it, and neither should the caller before it has read what the
 * store holds. If the transaction did commit, its keys were recorded with it and stay dirty: refresh reads their present
 * state from the primary and makes the secondary equal, so both stores agree whatever the outcome was.
 *
 * <p>The cause is the driver's exception.
 */
public class CommitOutcomeUnknownException extends MigrationException {
    /** {@link #migration()} where a transaction was opened on the store itself, outside any migration. */
    public static final String NO_MIGRATION = "(none)";

    private final String store;

    /**
     * @param store what was to commit, named as in {@link Store#name()}
     * @param cause what the driver threw
     */
    public CommitOutcomeUnknownException(String migration, String store, @Nullable Throwable cause) {
        super(
                migration,
                "store '" + store + "' did not confirm a COMMIT. The transaction was written as a whole or not at all, "
                        + "and it is not known which; it is not repeated. Read what the store holds before you try again.",
                cause);
        this.store = store;
    }

    /** The store's name. */
    public String store() {
        return store;
    }

    /** The same, for the migration whose transaction it was: a store does not know it. */
    public CommitOutcomeUnknownException of(String migration) {
        CommitOutcomeUnknownException named = new CommitOutcomeUnknownException(migration, store, getCause());
        named.setStackTrace(getStackTrace());
        return named;
    }
}
