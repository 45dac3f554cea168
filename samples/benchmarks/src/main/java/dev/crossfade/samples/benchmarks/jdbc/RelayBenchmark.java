package dev.crossfade.samples.benchmarks.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import dev.crossfade.control.Stage;
import dev.crossfade.samples.benchmarks.jdbc.Server.Commits;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Dirty keys per second that reach the other database, their rows read and written; and what others take from a queue. */
final class RelayBenchmark {
    private static final String RELAY = "Crossfade's relay, rows read and written";
    private static final String RELAY_SMALL = "Crossfade's relay, batches of 100";
    private static final String DB_SCHEDULER = "db-scheduler, empty handler";
    private static final String POLLER = "batch poller by hand, 2 threads, empty handler";
    private static final int AT_ONCE = 1_000;
    private static final int SMALL_BATCH = 100;

    private final Server server;
    private final Effort effort;

    RelayBenchmark(Server server, Effort effort) {
        this.server = server;
        this.effort = effort;
    }

    String run() throws Exception {
        StringBuilder table = new StringBuilder("""
                | contestant | durable, keys/s | x db-scheduler | not durable, keys/s | x db-scheduler |
                |---|---:|---:|---:|---:|
                """);
        Results durable = measure(Commits.DURABLE);
        Results notDurable = measure(Commits.NOT_DURABLE);
        for (String contestant : List.of(RELAY, RELAY_SMALL, POLLER, DB_SCHEDULER)) {
            table.append("| %s | %s | %s | %s | %s |%n"
                    .formatted(
                            contestant,
                            durable.median("%.0f", contestant),
                            durable.ratio(contestant, DB_SCHEDULER),
                            notDurable.median("%.0f", contestant),
                            notDurable.ratio(contestant, DB_SCHEDULER)));
        }
        return table.toString();
    }

    private Results measure(Commits commits) throws Exception {
        Results results = new Results();
        String suffix = "_" + commits.name().toLowerCase(Locale.ROOT);
        try (HikariDataSource legacy = server.pool(Server.LEGACY, commits);
                Service service = Service.of("relay" + suffix, server, commits, relay -> {});
                Service small = Service.of("small" + suffix, server, commits, relay -> relay.batchSize(SMALL_BATCH))) {
            service.moveTo(Stage.LEGACY_PRIMARY);
            small.moveTo(Stage.LEGACY_PRIMARY);
            for (int round = 0; round <= effort.rounds(); round++) {
                double relay = drain(service);
                double inSmallBatches = drain(small);
                double dbScheduler = Rivals.dbSchedulerDrain(legacy, effort.keys());
                double poller = Rivals.pollerDrain(legacy, effort.keys());
                if (round > 0) {
                    results.add(RELAY, relay);
                    results.add(RELAY_SMALL, inSmallBatches);
                    results.add(DB_SCHEDULER, dbScheduler);
                    results.add(POLLER, poller);
                }
            }
        }
        return results;
    }

    private double drain(Service service) throws Exception {
        service.holdRelay();
        List<Order> orders = new ArrayList<>();
        for (long id = 1; id <= effort.keys(); id++) {
            orders.add(Order.numbered(id));
            if (orders.size() == AT_ONCE || id == effort.keys()) {
                service.orders().putAll(orders);
                orders.clear();
            }
        }
        long begin = System.nanoTime();
        service.releaseRelay();
        service.awaitClean();
        return effort.keys() * 1e9 / (System.nanoTime() - begin);
    }
}
