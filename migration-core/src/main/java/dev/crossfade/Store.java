package dev.crossfade;

import dev.crossfade.spi.Coordination;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * One of the two stores of a migration, as far as transactions go. Crossfade never talks to a store itself: the user's
 * repositories do.
 */
public interface Store {

    /** The store's name in messages and the status. */
    String name();

    /** Whether {@link #inTransaction} undoes what the work did when it throws. */
    boolean isTransactional();

    /** Whether the calling thread has a transaction of this store open; false where the store cannot tell. */
    default boolean hasTransactionHere() {
        return false;
    }

    /**
     * How many statements repositories have begun in the transaction of this store that the calling thread has open: a
     * call that leaves it as it was has run nothing there. Empty without a transaction, and where the store cannot tell.
     */
    default OptionalInt statementsHere() {
        return OptionalInt.empty();
    }

    /**
     * Fence and ledger that live in this store, as legacy, and another, as new; empty where they cannot, and then they
     * are held in memory. Opens no connection.
     */
    default Optional<Coordination.Factory> coordinationWith(Store newStore) {
        return Optional.empty();
    }

    /**
     * Whether deleting a row may change rows of other entities, as a foreign key with {@code ON DELETE CASCADE} does.
     * Rows that have swapped a unique value are deleted and written again only where it does not. Called in a
     * transaction of this store.
     *
     * @throws Throwable what the store throws
     */
    default boolean deletesReachFurther() throws Throwable {
        return true;
    }

    /**
     * Runs work in one transaction of this store and commits it; rolls back and rethrows whatever the work throws. The
     * calling thread has no transaction of this store yet.
     *
     * @throws Throwable what the work throws, unchanged, or what begin or commit throws
     */
    <T> @Nullable T inTransaction(Work<T> work) throws Throwable;

    /**
     * As {@link #inTransaction(Work)}, for the service's own work, of which something may be left to run when {@code work} has
     * returned, such as what a framework does before a commit.
     *
     * @param beforeCommit runs in the transaction after everything else, right before COMMIT
     * @throws Throwable as {@link #inTransaction(Work)}, and what {@code beforeCommit} throws
     */
    default <T> @Nullable T inTransaction(Work<T> work, Work<?> beforeCommit) throws Throwable {
        return inTransaction(() -> {
            T done = work.run();
            beforeCommit.run();
            return done;
        });
    }

    /**
     * A store that Crossfade opens no transactions on: every call of a repository commits by itself.
     *
     * @param name the store's name, not blank
     */
    static Store plain(String name) {
        return new PlainStore(name);
    }

    /** What runs in a transaction. */
    @FunctionalInterface
    interface Work<T> {
        /** Does the work. */
        @Nullable
        T run() throws Throwable;
    }

    /** See {@link Store#plain}. */
    record PlainStore(String name) implements Store {
        public PlainStore {
            if (Objects.requireNonNull(name, "name").isBlank()) {
                throw new IllegalArgumentException("A store's name is blank; name it as operators know it");
            }
        }

        @Override
        public boolean isTransactional() {
            return false;
        }

        @Override
        public <T> @Nullable T inTransaction(Work<T> work) throws Throwable {
            return work.run();
        }
    }
}
