package dev.crossfade.spring;

import dev.crossfade.Store;
import dev.crossfade.spi.ManagedTransactions.Managed;
import dev.crossfade.spring.SideTransactions.Displaced;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.JdbcTransactionObjectSupport;

/** What Spring knows of a transaction of a migration. */
final class MigrationTransaction extends JdbcTransactionObjectSupport {
    private @Nullable BoundTransaction bound;
    private @Nullable Managed unit;
    private Store.@Nullable Work<?> beforeCommit;
    private final List<SideTransactions> foreign;
    private final List<Displaced> hidden = new ArrayList<>();

    MigrationTransaction(@Nullable BoundTransaction open, List<SideTransactions> foreign) {
        this.foreign = foreign;
        setSavepointAllowed(true);
        if (open != null) {
            bind(open);
        }
    }

    private void bind(BoundTransaction open) {
        bound = open;
        setConnectionHolder(open.holder());
    }

    /** @param last runs right before COMMIT */
    void begun(BoundTransaction open, @Nullable Managed unitOfWork, Store.Work<?> last) {
        bind(open);
        unit = unitOfWork;
        beforeCommit = last;
    }

    /** Where the thread is in a transaction that another manager has opened. */
    List<SideTransactions> foreign() {
        return foreign;
    }

    /** Takes those transactions out of sight until this one has ended. */
    void hideForeign() {
        foreign.forEach(side -> hidden.add(side.displace()));
    }

    void cleanUp() {
        hidden.forEach(Displaced::takeBack);
        hidden.clear();
    }

    boolean isOpen() {
        return bound != null && !bound.isEnded();
    }

    BoundTransaction open() {
        if (bound == null) {
            throw new IllegalStateException("asked for a transaction that has not begun");
        }
        return bound;
    }

    @Nullable
    Managed unit() {
        return unit;
    }

    void runLast() throws Throwable {
        if (beforeCommit != null) {
            beforeCommit.run();
        }
    }

    @Override
    public boolean isRollbackOnly() {
        return bound != null && bound.holder().isRollbackOnly();
    }

    @Override
    public void flush() {}
}
