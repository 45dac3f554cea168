package dev.crossfade.jdbc.faults;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Points on the connections of a pool at which a test interferes: before or after a statement, a COMMIT or a ROLLBACK.
 * Safe for use by many threads.
 */
final class Points {
    /** What happens when a connection comes by. */
    @FunctionalInterface
    interface Action {
        void run() throws SQLException;
    }

    private record Point(boolean before, Predicate<String> what, Predicate<Thread> who, boolean once, Action action) {}

    /** Points that nothing else on these connections may come between. */
    private record Lone(Thread who, String words, Action action) {}

    private final CopyOnWriteArrayList<Point> armed = new CopyOnWriteArrayList<>();
    private final CopyOnWriteArrayList<Lone> alone = new CopyOnWriteArrayList<>();
    private final ReadWriteLock gate = new ReentrantReadWriteLock();
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
    private volatile boolean commitsApart;
    private volatile boolean dead;

    /** The pool, by way of these points. */
    DataSource over(DataSource pool) {
        return proxy(DataSource.class, (method, arguments) -> {
            if (!method.getName().equals("getConnection")) {
                return call(pool, method, arguments);
            }
            requireAlive();
            Connection connection = (Connection) Objects.requireNonNull(call(pool, method, arguments));
            open.add(connection);
            return over(connection);
        });
    }

    private Connection over(Connection connection) {
        return proxy(Connection.class, (method, arguments) -> switch (method.getName()) {
            case "commit" -> passing("COMMIT", connection, method, arguments);
            case "rollback" ->
                arguments == null
                        ? passing("ROLLBACK", connection, method, arguments)
                        : call(connection, method, arguments);
            case "isWrapperFor" -> !commitsApart && Boolean.TRUE.equals(call(connection, method, arguments));
            case "close" -> {
                open.remove(connection);
                yield call(connection, method, arguments);
            }
            case "createStatement" -> over(statement(connection, method, arguments), Statement.class, "");
            case "prepareStatement" ->
                over(statement(connection, method, arguments), method.getReturnType(), (String)
                        Objects.requireNonNull(arguments)[0]);
            default -> call(connection, method, arguments);
        });
    }

    private static Statement statement(Connection connection, Method method, Object @Nullable [] arguments)
            throws Throwable {
        return (Statement) Objects.requireNonNull(call(connection, method, arguments));
    }

    private Object over(Statement statement, Class<?> type, String prepared) {
        return proxy(type, (method, arguments) -> {
            if (!method.getName().startsWith("execute")) {
                return call(statement, method, arguments);
            }
            String sql = arguments != null && arguments[0] instanceof String own ? own : prepared;
            return passing(sql, statement, method, arguments);
        });
    }

    private @Nullable Object passing(String what, Object target, Method method, Object @Nullable [] arguments)
            throws Throwable {
        requireAlive();
        String flat = what.replaceAll("\\s+", " ").trim();
        counts.computeIfAbsent(flat, text -> new LongAdder()).increment();
        Lone lone = lone(flat);
        Lock lock = lone == null ? gate.readLock() : gate.writeLock();
        lock.lock();
        try {
            if (lone != null) {
                lone.action.run();
            }
            strike(true, flat);
            Object result = call(target, method, arguments);
            strike(false, flat);
            requireAlive();
            return result;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Lone lone(String what) {
        for (Lone lone : alone) {
            if (lone.who == Thread.currentThread() && what.contains(lone.words) && alone.remove(lone)) {
                return lone;
            }
        }
        return null;
    }

    private void strike(boolean before, String what) throws SQLException {
        for (Point point : armed) {
            if (point.before == before
                    && point.what.test(what)
                    && point.who.test(Thread.currentThread())
                    && (!point.once || armed.remove(point))) {
                point.action.run();
            }
        }
    }

    /** From now on the driver is not known, and COMMIT is a round trip of its own: a point between it and the fence. */
    void commitApart() {
        commitsApart = true;
    }

    /** Runs the action once, before or after the COMMIT of a transaction in which this thread did something like this. */
    void atCommitOf(String words, int time, Moment moment, Action action) {
        AtomicInteger seen = new AtomicInteger();
        arm(false, words, any -> true, false, () -> {
            if (seen.incrementAndGet() == time) {
                Thread here = Thread.currentThread();
                arm(moment == Moment.BEFORE, "COMMIT", here::equals, true, action);
            }
        });
    }

    /** On which side of something. */
    enum Moment {
        BEFORE,
        AFTER
    }

    /** Runs the action once, after something that contains these words has been done. */
    void after(String words, Action action) {
        arm(false, words, any -> true, true, action);
    }

    /** Runs the action once, before this thread does something that contains these words. */
    void beforeOn(Thread thread, String words, Action action) {
        arm(true, words, thread::equals, true, action);
    }

    /**
     * As {@link #beforeOn}, and until it is done every other thread waits: what the action sets up strikes this thread and
     * not, say, a heartbeat. No other thread may be held at a point meanwhile.
     */
    void aloneOn(Thread thread, String words, Action action) {
        alone.add(new Lone(thread, words, action));
    }

    /** As {@link #after}, for what this thread does. */
    void afterOn(Thread thread, String words, Action action) {
        arm(false, words, thread::equals, true, action);
    }

    /** As {@link #after}, for threads whose name contains this. */
    void afterOn(String thread, String words, Action action) {
        arm(false, words, who -> who.getName().contains(thread), true, action);
    }

    /** Runs the action every time before something that contains these words. */
    void always(String words, Action action) {
        arm(true, words, any -> true, false, action);
    }

    /** Holds the first that comes before something with these words. */
    Stop stopBefore(String words) {
        Stop stop = new Stop(words);
        arm(true, words, any -> true, true, stop::pass);
        return stop;
    }

    /** As {@link #stopBefore}, for threads whose name contains this. */
    Stop stopBefore(String words, String thread) {
        Stop stop = new Stop(words);
        arm(true, words, who -> who.getName().contains(thread), true, stop::pass);
        return stop;
    }

    /** Holds the first thread whose name contains this once it has done something with these words. */
    Stop stopAfter(String words, String thread) {
        Stop stop = new Stop("after " + words);
        arm(false, words, who -> who.getName().contains(thread), true, stop::pass);
        return stop;
    }

    private void arm(boolean before, String words, Predicate<Thread> who, boolean once, Action action) {
        String lower = words.toLowerCase(Locale.ROOT);
        armed.add(new Point(before, what -> what.toLowerCase(Locale.ROOT).contains(lower), who, once, action));
    }

    /** No point is armed any more; who is held stays held. */
    void clear() {
        armed.clear();
    }

    /** How often something was begun that begins with these words. */
    long count(String words) {
        return counts.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(words))
                .mapToLong(entry -> entry.getValue().sum())
                .sum();
    }

    /** As if the process had been killed: its sessions are gone, and what its threads still try fails. */
    void die() {
        dead = true;
        open.forEach(connection -> {
            try {
                connection.unwrap(Connection.class).abort(Runnable::run);
            } catch (SQLException gone) {
                // That is what was wanted.
            }
        });
    }

    private void requireAlive() throws SQLException {
        if (dead) {
            throw new SQLNonTransientConnectionException("this process was killed", "08006");
        }
    }

    @FunctionalInterface
    private interface Handler {
        @Nullable
        Object invoke(Method method, Object @Nullable [] arguments) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, Handler handler) {
        return type.cast(Proxy.newProxyInstance(
                Points.class.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> switch (method.getName()) {
                    case "equals" -> self == Objects.requireNonNull(arguments)[0];
                    case "hashCode" -> System.identityHashCode(self);
                    default -> handler.invoke(method, arguments);
                }));
    }

    private static @Nullable Object call(Object target, Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getTargetException();
        }
    }
}
