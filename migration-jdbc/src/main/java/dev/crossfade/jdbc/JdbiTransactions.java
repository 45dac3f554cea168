package dev.crossfade.jdbc;

import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.transaction.DelegatingTransactionHandler;
import org.jdbi.v3.core.transaction.LocalTransactionHandler;
import org.jdbi.v3.core.transaction.TransactionHandler;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jspecify.annotations.Nullable;

/** The transactions that Jdbi opens by itself, where there is none to join, and whether this thread is in one. */
// Each database has transactions of its own: a static thread-local would mix those of two databases.
@SuppressWarnings("ThreadLocalUsage")
final class JdbiTransactions extends DelegatingTransactionHandler {
    private final ThreadLocal<@Nullable Handle> here;

    JdbiTransactions() {
        this(LocalTransactionHandler.binding(), new ThreadLocal<>());
    }

    private JdbiTransactions(TransactionHandler jdbi, ThreadLocal<@Nullable Handle> here) {
        super(jdbi);
        this.here = here;
    }

    boolean isOpenHere() {
        return here.get() != null;
    }

    @Override
    public TransactionHandler specialize(Handle handle) throws SQLException {
        return new JdbiTransactions(getDelegate().specialize(handle), here);
    }

    @Override
    public <R, X extends Exception> R inTransaction(Handle handle, HandleCallback<R, X> work) throws X {
        Handle outer = enter(handle);
        try {
            return super.inTransaction(handle, work);
        } finally {
            leave(outer);
        }
    }

    @Override
    public <R, X extends Exception> R inTransaction(
            Handle handle, TransactionIsolationLevel level, HandleCallback<R, X> work) throws X {
        Handle outer = enter(handle);
        try {
            return super.inTransaction(handle, level, work);
        } finally {
            leave(outer);
        }
    }

    private @Nullable Handle enter(Handle handle) {
        Handle outer = here.get();
        here.set(handle);
        return outer;
    }

    private void leave(@Nullable Handle outer) {
        if (outer == null) {
            here.remove();
        } else {
            here.set(outer);
        }
    }
}
