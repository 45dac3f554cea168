package dev.crossfade.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The connection of an open transaction as repository code gets it: it cannot end the transaction, closing it leaves the
 * transaction open, and it counts the statements that it creates.
 */
final class TransactionConnection implements InvocationHandler {
    private static final String INVALID_TRANSACTION_TERMINATION = "2D000";
    private static final String ACTIVE_TRANSACTION = "25001";
    private static final String NO_CONNECTION = "08003";

    private final String database;
    private final OpenTransaction transaction;
    private boolean closed;

    private TransactionConnection(String database, OpenTransaction transaction) {
        this.database = database;
        this.transaction = transaction;
    }

    static Connection of(String database, OpenTransaction transaction) {
        return (Connection) Proxy.newProxyInstance(
                TransactionConnection.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                new TransactionConnection(database, transaction));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        return switch (method.getName()) {
            case "equals" -> proxy == Objects.requireNonNull(arguments)[0];
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" -> "Connection in a transaction of database '" + database + "'";
            case "close" -> {
                closed = true;
                yield null;
            }
            case "isClosed" -> isClosed();
            case "isValid" -> isClosed() ? false : call(method, arguments);
            default -> {
                requireOpen();
                yield inTransaction(method, arguments);
            }
        };
    }

    private @Nullable Object inTransaction(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        return switch (method.getName()) {
            case "commit" -> throw refuse("commit()", INVALID_TRANSACTION_TERMINATION);
            case "abort" -> throw refuseForGood("abort(Executor)");
            case "rollback" -> {
                if (arguments == null) {
                    throw refuseForGood("rollback()");
                }
                transaction.undonePart();
                yield call(method, arguments);
            }
            case "setAutoCommit" -> {
                if (Boolean.TRUE.equals(Objects.requireNonNull(arguments)[0])) {
                    throw refuse("setAutoCommit(true)", INVALID_TRANSACTION_TERMINATION);
                }
                yield null;
            }
            case "setTransactionIsolation" -> {
                if (!Objects.requireNonNull(arguments)[0].equals(
                        transaction.connection().getTransactionIsolation())) {
                    throw refuse("setTransactionIsolation(int)", ACTIVE_TRANSACTION);
                }
                yield null;
            }
            // A hint, says JDBC, and one for the next transaction: whoever opened this one has decided.
            case "setReadOnly" -> null;
            case "prepareStatement", "prepareCall", "createStatement", "unwrap" -> {
                transaction.countStatement();
                yield call(method, arguments);
            }
            default -> call(method, arguments);
        };
    }

    private @Nullable Object call(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(transaction.connection(), arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getTargetException();
        }
    }

    private boolean isClosed() {
        return closed || transaction.isEnded();
    }

    private void requireOpen() throws SQLException {
        if (closed) {
            throw new SQLNonTransientConnectionException(
                    "Database '" + database
                            + "': this connection is closed. The transaction that it took part in goes on. "
                            + "Ask the DataSource for a connection again.",
                    NO_CONNECTION);
        }
        if (transaction.isEnded()) {
            throw new SQLNonTransientConnectionException(
                    "Database '" + database
                            + "': the transaction of this connection has ended. Nothing was done. Keep no "
                            + "connection, handle or stream beyond the transaction that it was opened in.",
                    NO_CONNECTION);
        }
    }

    /** Code that wants to roll back wants that nothing it did is committed: so be it, even if it swallows the refusal. */
    private SQLException refuseForGood(String what) {
        SQLException refusal = refuse(what, INVALID_TRANSACTION_TERMINATION);
        transaction.refuseCommit(refusal);
        return refusal;
    }

    private SQLException refuse(String what, String state) {
        return new SQLException(
                "Database '" + database + "': " + what
                        + " in a transaction that was opened outside of this code. Nothing "
                        + "was committed. Leave the transaction to whoever opened it; to undo all of it throw an exception, "
                        + "to undo a part use a savepoint.",
                state);
    }
}
