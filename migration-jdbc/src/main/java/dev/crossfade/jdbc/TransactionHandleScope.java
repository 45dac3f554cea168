package dev.crossfade.jdbc;

import org.jdbi.v3.core.HandleScope;
import org.jdbi.v3.core.extension.HandleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Jdbi's handle of this thread, one per transaction: a handle that was opened before a transaction began has another
 * connection, and what runs on it would not be part of the transaction.
 */
// Each database has handles of its own: a static thread-local would mix those of two databases.
@SuppressWarnings("ThreadLocalUsage")
final class TransactionHandleScope implements HandleScope {
    private final TransactionPort transactions;
    private final ThreadLocal<@Nullable Scoped> here = new ThreadLocal<>();

    TransactionHandleScope(TransactionPort transactions) {
        this.transactions = transactions;
    }

    @Override
    // Jdbi asks for null where there is none.
    @SuppressWarnings("NullAway")
    public @Nullable HandleSupplier get() {
        Scoped scoped = ofThisTransaction();
        return scoped == null ? null : scoped.handle;
    }

    @Override
    public void set(HandleSupplier handle) {
        Scoped replaced = ofThisTransaction();
        here.set(new Scoped(transactions.current(), handle, replaced == null ? here.get() : replaced.outer));
    }

    @Override
    public void clear() {
        Scoped scoped = ofThisTransaction();
        if (scoped == null) {
            // Jdbi also clears what it could not open.
            return;
        }
        if (scoped.outer == null) {
            here.remove();
        } else {
            here.set(scoped.outer);
        }
    }

    private @Nullable Scoped ofThisTransaction() {
        Scoped scoped = here.get();
        return scoped != null && scoped.transaction == transactions.current() ? scoped : null;
    }

    private record Scoped(
            @Nullable OpenTransaction transaction,
            HandleSupplier handle,
            @Nullable Scoped outer) {}
}
