package dev.crossfade.samples.benchmarks.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import dev.crossfade.control.Stage;
import dev.crossfade.samples.benchmarks.jdbc.Server.Commits;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;

/** How long the other database is behind: from the end of a write to the COMMIT there. */
final class LagBenchmark {
    private static final int THREADS = 4;
    private static final int PER_SECOND = 1_000;

    private final Server server;
    private final Effort effort;
    private final AtomicLong ids;

    /** When the other database had an order, in nanoseconds. */
    private final Map<Long, Long> crossed = new ConcurrentHashMap<>();

    /** What the relay's thread has written and not committed yet. */
    private final Map<Thread, List<Long>> written = new ConcurrentHashMap<>();

    LagBenchmark(Server server, Effort effort, AtomicLong ids) {
        this.server = server;
        this.effort = effort;
        this.ids = ids;
    }

    String run() throws Exception {
        StringBuilder table = new StringBuilder("""
                | at 1 000 writes/s | writes/s reached | lag p50 | lag p99 | write p50 | write p99 |
                |---|---:|---:|---:|---:|---:|
                """);
        for (Commits commits : Commits.values()) {
            Results results = measure(commits);
            table.append("| %s | %s | %s ms | %s ms | %s ms | %s ms |%n"
                    .formatted(
                            commits.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                            results.median("%.0f", "rate"),
                            results.median("%.2f", "lag50"),
                            results.median("%.2f", "lag99"),
                            results.median("%.2f", "write50"),
                            results.median("%.2f", "write99")));
        }
        return table.toString();
    }

    private Results measure(Commits commits) throws Exception {
        Results results = new Results();
        String name = "lag_" + commits.name().toLowerCase(Locale.ROOT);
        HikariDataSource next = server.pool(Server.NEW, commits);
        try (Service service = new Service(
                name,
                server.pool(Server.LEGACY, commits),
                next,
                noting(next),
                this::noteWritten,
                relay -> relay.inlineWait(java.time.Duration.ZERO))) {
            service.moveTo(Stage.LEGACY_PRIMARY);
            for (int round = 0; round <= effort.rounds(); round++) {
                Map<Long, Long> ended = new ConcurrentHashMap<>();
                long begin = System.nanoTime();
                List<Load.Done> writes = Load.paced(THREADS, PER_SECOND, effort.paced(), () -> {
                    long id = ids.incrementAndGet();
                    service.orders().insert(Order.numbered(id));
                    ended.put(id, System.nanoTime());
                });
                double seconds = (System.nanoTime() - begin) / 1e9;
                service.awaitClean();
                if (round > 0) {
                    double[] lags = ended.entrySet().stream()
                            .mapToDouble(write -> lag(write.getKey(), write.getValue()))
                            .toArray();
                    double[] latencies = writes.stream()
                            .mapToDouble(done -> done.nanos() / 1e6)
                            .toArray();
                    results.add("rate", writes.size() / seconds);
                    results.add("lag50", Load.percentile(50, lags));
                    results.add("lag99", Load.percentile(99, lags));
                    results.add("write50", Load.percentile(50, latencies));
                    results.add("write99", Load.percentile(99, latencies));
                }
            }
        }
        return results;
    }

    /** In milliseconds; none where the other side was faster than the end of the write. */
    private double lag(long id, long ended) {
        return Math.max(0, Objects.requireNonNull(crossed.get(id)) - ended) / 1e6;
    }

    private void noteWritten(Collection<Order> orders) {
        List<Long> here = written.computeIfAbsent(Thread.currentThread(), thread -> new ArrayList<>());
        orders.forEach(order -> here.add(order.id()));
    }

    private void noteCommitted() {
        long now = System.nanoTime();
        List<Long> here = written.remove(Thread.currentThread());
        if (here != null) {
            here.forEach(id -> crossed.putIfAbsent(id, now));
        }
    }

    /** The pool, whose connections note when COMMIT has ended. */
    private DataSource noting(DataSource pool) {
        return (DataSource) Proxy.newProxyInstance(
                LagBenchmark.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    try {
                        Object result = method.invoke(pool, arguments);
                        return result instanceof Connection connection ? noting(connection) : result;
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getTargetException();
                    }
                });
    }

    private Connection noting(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                LagBenchmark.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    try {
                        Object result = method.invoke(connection, arguments);
                        if (method.getName().equals("commit")) {
                            noteCommitted();
                        }
                        return result;
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getTargetException();
                    }
                });
    }
}
