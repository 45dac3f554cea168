package dev.crossfade.samples.quickstart.faults;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A database that fails when told to. Switches take effect on the next JDBC call, also of connections that are out.
 * Safe for use by many threads.
 */
public final class FaultyDataSource {
    /** What still works on a dead connection: giving it back, which makes the pool roll back what was open. */
    private static final Set<String> HARMLESS =
            Set.of("close", "isClosed", "abort", "isValid", "toString", "hashCode", "equals", "unwrap", "isWrapperFor");

    private final DataSource target;
    private final DataSource proxy;
    private final AtomicLong executions = new AtomicLong();
    private final AtomicLong injected = new AtomicLong();
    private volatile boolean dead;
    private volatile int timeOutEvery;

    public FaultyDataSource(DataSource target) {
        this.target = target;
        this.proxy = proxy(DataSource.class, target, this::call);
    }

    /** The data source to hand out. */
    public DataSource dataSource() {
        return proxy;
    }

    /** While dead, no connection is given out and whatever those that are out do fails. */
    public void setDead(boolean dead) {
        this.dead = dead;
    }

    /** Each n-th statement times out before it does anything; 0 for none. */
    public void setTimeOutEvery(int statements) {
        if (statements < 0) {
            throw new IllegalArgumentException("Time-outs each " + statements + " statements; choose 0 (none) or more");
        }
        this.timeOutEvery = statements;
    }

    /** Failures so far that callers got from here. */
    public long injected() {
        return injected.get();
    }

    private @Nullable Object call(Object source, Method method, Object @Nullable [] arguments) throws Throwable {
        boolean harmless = HARMLESS.contains(method.getName());
        if (dead && !harmless) {
            injected.incrementAndGet();
            throw source == target
                    ? new SQLTransientConnectionException("Simulated: the database does not answer", "08001")
                    : new SQLNonTransientConnectionException("Simulated: the connection broke", "08006");
        }
        if (method.getName().startsWith("execute") && isTimeToTimeOut()) {
            injected.incrementAndGet();
            throw new SQLTimeoutException("Simulated: the statement took too long", "HYT00");
        }
        return wrap(invoke(source, method, arguments));
    }

    private boolean isTimeToTimeOut() {
        int every = timeOutEvery;
        return every > 0 && executions.incrementAndGet() % every == 0;
    }

    private @Nullable Object wrap(@Nullable Object result) {
        if (result instanceof Connection connection) {
            return proxy(Connection.class, connection, this::call);
        }
        if (result instanceof CallableStatement statement) {
            return statement;
        }
        if (result instanceof PreparedStatement statement) {
            return proxy(PreparedStatement.class, statement, this::call);
        }
        return result instanceof Statement statement ? proxy(Statement.class, statement, this::call) : result;
    }

    private static @Nullable Object invoke(Object target, Method method, Object @Nullable [] arguments)
            throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            Throwable cause = e.getCause();
            throw cause == null ? new SQLException(e) : cause;
        }
    }

    /** A JDBC call on an object that stands for another. */
    private interface Call {
        @Nullable
        Object on(Object target, Method method, Object @Nullable [] arguments) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, T target, Call call) {
        InvocationHandler handler = (self, method, arguments) -> call.on(target, method, arguments);
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
