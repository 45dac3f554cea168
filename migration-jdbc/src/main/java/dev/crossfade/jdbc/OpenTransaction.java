package dev.crossfade.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One transaction while it is open, on the thread that opened it. Not for use by several threads. */
public final class OpenTransaction {
    private final Connection connection;
    private @Nullable SQLException refusal;
    private int statements;
    private boolean partUndone;
    private final Set<Object> mapped = new HashSet<>();
    private volatile boolean ended;

    /** @param connection has auto-commit off and belongs to this transaction alone until it has ended */
    public OpenTransaction(Connection connection) {
        this.connection = connection;
    }

    /**
     * To be called last before COMMIT.
     *
     * @throws SQLException if the transaction has to be rolled back: repository code has asked for it, or PostgreSQL has
     *     failed the transaction and would answer COMMIT by rolling back in silence
     */
    public void beforeCommit() throws SQLException {
        if (refusal != null) {
            throw refusal;
        }
        PostgreSqlFailedTransaction.check(connection);
    }

    /** The thread is out of the transaction: connections that were handed out for it are closed from now on. */
    public void end() {
        ended = true;
    }

    boolean isEnded() {
        return ended;
    }

    Connection connection() {
        return connection;
    }

    /** From now on the transaction can only roll back; whoever wants to commit it gets the first reason given. */
    void refuseCommit(SQLException reason) {
        if (refusal == null) {
            refusal = reason;
        }
    }

    /** Whether nothing forbids to commit it. */
    boolean mayCommit() {
        return refusal == null;
    }

    /** How many statements repository code has created so far. */
    int statements() {
        return statements;
    }

    void countStatement() {
        statements++;
    }

    /** Whether repository code has rolled back to a savepoint: what it did before may not have happened. */
    boolean isPartUndone() {
        return partUndone;
    }

    void undonePart() {
        partUndone = true;
    }

    /** Keys that this transaction has paired, or tried to: nobody may remember their partners before it has committed. */
    void mapped(Collection<?> keys) {
        mapped.addAll(keys);
    }

    boolean hasMapped(Object key) {
        return mapped.contains(key);
    }
}
