package dev.crossfade.jdbc.kill;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** A pool that tells when a commit has been done, on the thread that did it. */
final class CrashingPool {
    /** Is told of each commit. */
    @FunctionalInterface
    interface AfterCommit {
        /**
         * @param statements what has been prepared on the connection since the commit before
         */
        void committed(List<String> statements);
    }

    private CrashingPool() {}

    /** The pool, with something to do after each commit. */
    static DataSource of(DataSource pool, AfterCommit afterCommit) {
        return (DataSource) Proxy.newProxyInstance(
                CrashingPool.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    Object result = call(pool, method, arguments);
                    return result instanceof Connection connection ? watched(connection, afterCommit) : result;
                });
    }

    private static Connection watched(Connection connection, AfterCommit afterCommit) {
        List<String> statements = new ArrayList<>();
        return (Connection) Proxy.newProxyInstance(
                CrashingPool.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    Object result = call(connection, method, arguments);
                    switch (method.getName()) {
                        case "prepareStatement" -> statements.add((String) arguments[0]);
                        case "rollback" -> statements.clear();
                        case "commit" -> {
                            afterCommit.committed(List.copyOf(statements));
                            statements.clear();
                        }
                        default -> {
                            // Nothing that ends a transaction.
                        }
                    }
                    return result;
                });
    }

    private static Object call(Object target, java.lang.reflect.Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause() instanceof SQLException sql ? sql : thrown.getCause();
        }
    }
}
