package dev.crossfade.jdbc.testing;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A pool on which a test has something done once, on the thread that is about to prepare a certain statement. */
public final class HookedPool {
    /** What is done; if it fails, the statement has failed. */
    @FunctionalInterface
    public interface Action {
        void run() throws SQLException;
    }

    private record Hook(String words, Action action) {}

    private record Commit(Thread thread, Action action) {}

    private final DataSource pool;
    private final AtomicReference<@Nullable Hook> armed = new AtomicReference<>();

    private final AtomicReference<@Nullable Commit> afterCommit = new AtomicReference<>();

    public HookedPool(DataSource pool) {
        this.pool = pool;
    }

    /** Has the action run before the next statement that contains these words. */
    public void before(String words, Action action) {
        armed.set(new Hook(words, action));
    }

    /** Has the action run after the next COMMIT of this thread; if it fails, nobody is told that it was carried out. */
    public void afterCommit(Action action) {
        Thread here = Thread.currentThread();
        afterCommit.set(new Commit(here, action));
    }

    public DataSource dataSource() {
        return proxy(DataSource.class, pool);
    }

    private <T> T proxy(Class<T> type, T target) {
        return type.cast(Proxy.newProxyInstance(
                HookedPool.class.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    if (method.getName().equals("prepareStatement")) {
                        strike((String) arguments[0]);
                    }
                    try {
                        Object result = method.invoke(target, arguments);
                        if (method.getName().equals("commit")) {
                            committed();
                        }
                        return type == DataSource.class && result instanceof Connection connection
                                ? proxy(Connection.class, connection)
                                : result;
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getTargetException();
                    }
                }));
    }

    private void committed() throws SQLException {
        Commit commit = afterCommit.get();
        if (commit != null && commit.thread() == Thread.currentThread() && afterCommit.compareAndSet(commit, null)) {
            commit.action().run();
        }
    }

    private void strike(String statement) throws SQLException {
        Hook hook = armed.get();
        if (hook != null && statement.contains(hook.words()) && armed.compareAndSet(hook, null)) {
            hook.action().run();
        }
    }
}
