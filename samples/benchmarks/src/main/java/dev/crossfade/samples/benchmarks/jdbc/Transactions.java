package dev.crossfade.samples.benchmarks.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Transactions as one writes them by hand. */
final class Transactions {
    private Transactions() {}

    /** What is done in a transaction. */
    @FunctionalInterface
    interface Work {
        void run(Connection connection) throws Exception;
    }

    static void run(DataSource pool, Work work) throws Exception {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            try {
                work.run(connection);
                connection.commit();
            } catch (Throwable failure) {
                connection.rollback();
                throw failure;
            } finally {
                connection.setAutoCommit(true);
            }
        }
    }

    /** The connection for code that closes what it gets. */
    static Connection lent(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                Transactions.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("close")) {
                        return null;
                    }
                    try {
                        return method.invoke(connection, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getTargetException();
                    }
                });
    }

    /** Gives code that asks for a connection the one that its thread was lent, or else the pool's. */
    @SuppressWarnings("ThreadLocalUsage") // Each has threads of its own.
    static final class ThreadDataSource {
        private final ThreadLocal<@Nullable Connection> here = new ThreadLocal<>();
        private final DataSource dataSource;

        ThreadDataSource(DataSource pool) {
            this.dataSource = (DataSource) Proxy.newProxyInstance(
                    Transactions.class.getClassLoader(),
                    new Class<?>[] {DataSource.class},
                    (proxy, method, arguments) -> {
                        if (method.getName().equals("getConnection")) {
                            Connection connection = here.get();
                            return connection == null ? pool.getConnection() : lent(connection);
                        }
                        throw new SQLException("not for this: " + method.getName());
                    });
        }

        DataSource dataSource() {
            return dataSource;
        }

        void lend(Connection connection, Runnable work) {
            here.set(connection);
            try {
                work.run();
            } finally {
                here.remove();
            }
        }
    }
}
