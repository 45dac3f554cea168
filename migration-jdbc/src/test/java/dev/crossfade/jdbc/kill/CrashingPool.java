package dev.crossfade.jdbc.kill;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** A pool that tells when a commit has been done, on the thread that did it. */
final class CrashingPool {
    private CrashingPool() {}

    /** The pool, with something to do after each commit. */
    static DataSource of(DataSource pool, Runnable afterCommit) {
        return (DataSource) Proxy.newProxyInstance(
                CrashingPool.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    Object result = call(pool, method, arguments);
                    return result instanceof Connection connection ? watched(connection, afterCommit) : result;
                });
    }

    private static Connection watched(Connection connection, Runnable afterCommit) {
        return (Connection) Proxy.newProxyInstance(
                CrashingPool.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    Object result = call(connection, method, arguments);
                    if (method.getName().equals("commit")) {
                        afterCommit.run();
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
