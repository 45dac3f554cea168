package dev.crossfade.samples.benchmarks.jdbc;

import dev.crossfade.MoveResult;
import dev.crossfade.Side;
import dev.crossfade.control.Stage;
import dev.crossfade.samples.benchmarks.jdbc.Server.Commits;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** How long writes wait while the primary moves, to and fro under load. */
final class HandoverBenchmark {
    private static final int THREADS = 16;
    private static final int PER_SECOND = 1_000;
    private static final int LONGEST_MILLIS = 50;
    private static final int ONE_IN = 20;
    private static final long BETWEEN_MILLIS = 300;

    private final Server server;
    private final Effort effort;
    private final AtomicLong ids;

    private record Window(long begin, long end) {
        boolean meets(Load.Done write) {
            return write.due() - end < 0 && write.end() - begin > 0;
        }
    }

    HandoverBenchmark(Server server, Effort effort, AtomicLong ids) {
        this.server = server;
        this.effort = effort;
        this.ids = ids;
    }

    String run() throws Exception {
        StringBuilder table = new StringBuilder("""
                | at 1 000 writes/s | handovers | given up | pause p50 | pause p99 | longest write p50 | longest write p99 | writes failed |
                |---|---:|---:|---:|---:|---:|---:|---:|
                """);
        for (Commits commits : Commits.values()) {
            table.append(measure(commits));
        }
        return table.toString();
    }

    private String measure(Commits commits) throws Exception {
        String name = commits.name().toLowerCase(Locale.ROOT);
        List<Double> pauses = new ArrayList<>();
        List<Window> windows = new ArrayList<>();
        int givenUp = 0;
        AtomicBoolean stop = new AtomicBoolean();
        AtomicLong failed = new AtomicLong();
        List<Load.Done> writes;
        ExecutorService clients = Executors.newSingleThreadExecutor();
        try (Service service = Service.of("handover_" + name, server, commits, relay -> {})) {
            service.moveTo(Stage.LEGACY_PRIMARY);
            service.copied();
            Future<List<Load.Done>> load = clients.submit(() -> Load.paced(THREADS, PER_SECOND, stop, () -> {
                try {
                    service.migration().inTransaction(() -> work(service));
                } catch (RuntimeException refused) {
                    failed.incrementAndGet();
                }
            }));
            while (pauses.size() < effort.handovers()) {
                Thread.sleep(BETWEEN_MILLIS);
                Stage to = service.migration().status().primary() == Side.LEGACY
                        ? Stage.NEW_PRIMARY
                        : Stage.LEGACY_PRIMARY;
                long begin = System.nanoTime();
                MoveResult result = service.migration().moveTo(to, Service.OPERATOR);
                if (result instanceof MoveResult.Moved moved) {
                    pauses.add(moved.pause().toNanos() / 1e6);
                    windows.add(new Window(begin, System.nanoTime()));
                } else {
                    givenUp++;
                }
            }
            stop.set(true);
            writes = load.get();
        } finally {
            stop.set(true);
            clients.shutdown();
        }
        double[] longest =
                windows.stream().mapToDouble(window -> longest(writes, window)).toArray();
        double[] all = pauses.stream().mapToDouble(Double::doubleValue).toArray();
        return String.format(
                Locale.ROOT,
                "| %s | %d | %d | %.0f ms | %.0f ms | %.0f ms | %.0f ms | %d of %d |%n",
                name.replace('_', ' '),
                all.length,
                givenUp,
                Load.percentile(50, all),
                Load.percentile(99, all),
                Load.percentile(50, longest),
                Load.percentile(99, longest),
                failed.get(),
                writes.size());
    }

    /** One transaction in {@value #ONE_IN} stays open for up to {@value #LONGEST_MILLIS} ms. */
    private void work(Service service) throws InterruptedException {
        service.orders().insert(Order.numbered(ids.incrementAndGet()));
        ThreadLocalRandom random = ThreadLocalRandom.current();
        if (random.nextInt(ONE_IN) == 0) {
            Thread.sleep(random.nextInt(LONGEST_MILLIS));
        }
    }

    private static double longest(List<Load.Done> writes, Window window) {
        return writes.stream()
                        .filter(window::meets)
                        .mapToLong(Load.Done::nanos)
                        .max()
                        .orElse(0)
                / 1e6;
    }
}
