package dev.crossfade.samples.benchmarks.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import dev.crossfade.control.Stage;
import dev.crossfade.samples.benchmarks.jdbc.Load.Writer;
import dev.crossfade.samples.benchmarks.jdbc.Server.Commits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Write transactions per second. */
final class WriteBenchmark {
    private static final String INSERT = "insert, one transaction";
    private static final String UPDATE = "update, one transaction";
    private static final String DUAL = "insert, naive dual write in two transactions";
    private static final int ORDERS = 10_000;
    private static final int[] THREADS = {1, 4, 16};

    private final Server server;
    private final Effort effort;
    private final AtomicLong ids;
    private final Map<String, Results> byColumn = new LinkedHashMap<>();
    private List<Contestant> contestants = List.of();

    /**
     * @param baseline what it is measured against
     * @param held     the service whose relay is held meanwhile, if any
     */
    private record Contestant(String name, String baseline, List<Service> held, List<Service> settled, Writer writer) {}

    WriteBenchmark(Server server, Effort effort, AtomicLong ids) {
        this.server = server;
        this.effort = effort;
        this.ids = ids;
    }

    String run() throws Exception {
        for (Commits commits : Commits.values()) {
            measure(commits);
        }
        return table();
    }

    private void measure(Commits commits) throws Exception {
        String suffix = "_" + commits.name().toLowerCase(Locale.ROOT);
        long first = ids.getAndAdd(ORDERS);
        server.execute(
                Server.LEGACY,
                "INSERT INTO orders SELECT g, 1, 'PLACED', 1, 'leave it with the neighbour', now() FROM"
                        + " generate_series(" + (first + 1) + ", " + (first + ORDERS) + ") g");
        try (HikariDataSource legacy = server.pool(Server.LEGACY, commits);
                HikariDataSource next = server.pool(Server.NEW, commits);
                Service only = Service.of("only" + suffix, server, commits, relay -> relay.inlineWait(Duration.ZERO));
                Service dual = Service.of("dual" + suffix, server, commits, relay -> relay.inlineWait(Duration.ZERO))) {
            Rivals rivals = new Rivals(legacy, next, ids);
            dual.moveTo(Stage.LEGACY_PRIMARY);
            Writer insertOnly = () -> only.orders().insert(Order.numbered(ids.incrementAndGet()));
            Writer insertDual = () -> dual.orders().insert(Order.numbered(ids.incrementAndGet()));
            Writer updateDual = () -> dual.orders().pay(anyOf(first), "PAID");
            Writer update =
                    () -> Transactions.run(legacy, connection -> SqlOrders.pay(connection, anyOf(first), "PAID"));
            contestants = List.of(
                    rival(INSERT, INSERT, rivals::single),
                    rival(DUAL, INSERT, rivals::dualWrite),
                    rival("insert + outbox row, one transaction", INSERT, rivals::outboxRow),
                    rival("insert + transaction-outbox schedule", INSERT, rivals::gruelboxSchedule),
                    rival("insert + db-scheduler schedule", INSERT, rivals::dbSchedulerSchedule),
                    rival("insert, Crossfade in `LEGACY_ONLY`", INSERT, insertOnly),
                    ours("insert, Crossfade in `LEGACY_PRIMARY`, relay held", INSERT, true, dual, insertDual),
                    ours("insert, Crossfade in `LEGACY_PRIMARY`, relay at work", INSERT, false, dual, insertDual),
                    rival(UPDATE, UPDATE, update),
                    ours("update, Crossfade in `LEGACY_PRIMARY`, relay held", UPDATE, true, dual, updateDual),
                    ours("update, Crossfade in `LEGACY_PRIMARY`, relay at work", UPDATE, false, dual, updateDual));
            for (int round = 0; round <= effort.rounds(); round++) {
                // The first round warms up.
                measureRound(commits, round);
            }
        }
    }

    private static Contestant rival(String name, String baseline, Writer writer) {
        return new Contestant(name, baseline, List.of(), List.of(), writer);
    }

    private static Contestant ours(String name, String baseline, boolean held, Service service, Writer writer) {
        return new Contestant(name, baseline, held ? List.of(service) : List.of(), List.of(service), writer);
    }

    private static long anyOf(long first) {
        return first + 1 + ThreadLocalRandom.current().nextInt(ORDERS);
    }

    private void measureRound(Commits commits, int round) throws Exception {
        List<Contestant> turns = new ArrayList<>(contestants);
        Collections.rotate(turns, round);
        for (int threads : THREADS) {
            for (Contestant contestant : turns) {
                contestant.held().forEach(Service::holdRelay);
                double rate = Load.throughput(threads, effort.slice(), contestant.writer());
                contestant.held().forEach(Service::releaseRelay);
                for (Service service : contestant.settled()) {
                    service.awaitClean();
                }
                server.execute(Server.LEGACY, Rivals.EMPTY);
                if (round > 0) {
                    results(commits, threads).add(contestant.name(), rate);
                }
            }
        }
    }

    private Results results(Commits commits, int threads) {
        return byColumn.computeIfAbsent(commits + "," + threads, column -> new Results());
    }

    private String table() {
        StringBuilder text = new StringBuilder("| contestant ");
        for (String commits : List.of("durable", "not durable")) {
            for (int threads : THREADS) {
                text.append("| %s, %d thread%s ".formatted(commits, threads, threads == 1 ? "" : "s"));
            }
        }
        text.append("|\n|---|---:|---:|---:|---:|---:|---:|\n");
        for (Contestant contestant : contestants) {
            text.append("| ").append(contestant.name()).append(' ');
            byColumn.values().forEach(results -> text.append(cell(contestant, results)));
            text.append("|\n");
        }
        return text.toString();
    }

    private static String cell(Contestant contestant, Results results) {
        return contestant.name().equals(contestant.baseline())
                ? results.median("| 1 (%.0f/s) ", contestant.name())
                : "| " + results.ratio(contestant.name(), contestant.baseline()) + " ";
    }
}
