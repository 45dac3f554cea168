package dev.crossfade.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/** Connections of H2 that fail where they are told to, and what was called on them. */
final class FaultyPool {
    private final DataSource pool;
    private final Map<String, Throwable> faults = new HashMap<>();
    private final List<String> calls = new ArrayList<>();

    FaultyPool(DataSource pool) {
        this.pool = pool;
    }

    /** @param call a method, with its argument if it has one, such as {@code setAutoCommit(true)} */
    void fail(String call, Throwable fault) {
        faults.put(call, fault);
    }

    /** The calls that matter to a transaction, in their order. */
    List<String> calls() {
        return calls;
    }

    DataSource dataSource() {
        return proxy(DataSource.class, pool);
    }

    private <T> T proxy(Class<T> type, T target) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    String call = method.getName() + "("
                            + (arguments == null || method.getName().equals("abort") ? "" : arguments[0]) + ")";
                    calls.add(call);
                    if (faults.containsKey(call)) {
                        throw faults.get(call);
                    }
                    try {
                        Object result = method.invoke(target, arguments);
                        return result instanceof Connection connection && type == DataSource.class
                                ? proxy(Connection.class, connection)
                                : result;
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getTargetException();
                    }
                }));
    }
}
