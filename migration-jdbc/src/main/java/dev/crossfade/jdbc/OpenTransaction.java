package dev.crossfade.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One transaction while it is open, on the thread that opened it. Not for use by several threads. */
public final class OpenTransaction {
    private final Connection connection;
    private final List<BeforeCommit> hooks = new ArrayList<>(1);
    private @Nullable Throwable refusal;
    private int statements;
    private volatile boolean ended;

    /** @param connection has auto-commit off and belongs to this transaction alone until it has ended */
    public OpenTransaction(Connection connection) {
        this.connection = connection;
    }

    /**
     * Runs what has to run last before COMMIT.
     *
     * @throws Throwable what speaks against the commit: the transaction has to be rolled back
     */
    public void beforeCommit() throws Throwable {
        if (refusal == null) {
            // By index: what runs last may find that more has to run.
            for (int i = 0; i < hooks.size(); i++) {
                hooks.get(i).run();
            }
        }
        if (refusal != null) {
            throw refusal;
        }
        if (hooks.isEmpty()) {
            requireSound();
        }
    }

    /**
     * PostgreSQL answers COMMIT in a transaction where a statement has failed by rolling back, and its driver does not
     * tell. Any statement tells.
     */
    private void requireSound() throws SQLException {
        if (connection.getMetaData().getDatabaseProductName().equals("PostgreSQL")) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SELECT 1");
            }
        }
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

    /**
     * The hook runs once, last before COMMIT and not before a rollback; if it throws, the transaction rolls back. It
     * executes a statement, so that it throws where an earlier one has failed.
     */
    void beforeCommit(BeforeCommit hook) {
        hooks.add(hook);
    }

    /** From now on the transaction can only roll back; whoever wants to commit it gets the first reason given. */
    void refuseCommit(Throwable reason) {
        if (refusal == null) {
            refusal = reason;
        }
    }

    /** How many statements repository code has created so far. */
    int statements() {
        return statements;
    }

    void countStatement() {
        statements++;
    }

    /** What runs last before COMMIT. */
    @FunctionalInterface
    interface BeforeCommit {
        void run() throws Throwable;
    }
}
