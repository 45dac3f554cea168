package dev.crossfade.spring;

import dev.crossfade.jdbc.OpenTransaction;
import dev.crossfade.jdbc.PooledTransaction;
import dev.crossfade.spring.SideTransactions.Displaced;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.ConnectionHolder;

/** A transaction that a thread is in, and what that thread had before. Ended once; from then on the thread is out of it. */
final class BoundTransaction {
    private final SideTransactions side;
    private final PooledTransaction transaction;
    private final OpenTransaction open;
    private @Nullable ConnectionHolder holder;
    private @Nullable Displaced displaced;
    private boolean ended;

    BoundTransaction(SideTransactions side, PooledTransaction transaction) {
        this.side = side;
        this.transaction = transaction;
        this.open = new OpenTransaction(transaction.connection());
    }

    /** Binds the connection that repositories get; takes note of what the thread had before. */
    void hold(ConnectionHolder connection, Displaced before) {
        connection.setSynchronizedWithTransaction(true);
        side.bindHolder(connection);
        holder = connection;
        displaced = before;
    }

    OpenTransaction open() {
        return open;
    }

    ConnectionHolder holder() {
        if (holder == null) {
            throw new IllegalStateException("asked for the connection of a transaction that is not bound");
        }
        return holder;
    }

    boolean isEnded() {
        return ended;
    }

    SideTransactions side() {
        return side;
    }

    /** COMMIT; the thread is out of the transaction before, so that whatever comes of it nothing else runs in it. */
    void commit() throws Throwable {
        leave();
        transaction.commit();
    }

    /** Rolls back, if it has not ended; never throws. */
    void rollBack() {
        if (!ended) {
            leave();
            transaction.rollBack();
        }
    }

    private void leave() {
        ended = true;
        open.end();
        side.displace();
        if (displaced != null) {
            displaced.takeBack();
        }
    }
}
