package dev.crossfade.samples.benchmarks.jdbc;

import dev.crossfade.control.Stage;
import dev.crossfade.samples.benchmarks.jdbc.Line.State;
import dev.crossfade.samples.benchmarks.jdbc.Server.Commits;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/** What a write on the primary costs while the secondary is ill. */
final class TroubleBenchmark {
    private static final int THREADS = 4;
    private static final int PER_SECOND = 500;

    private final Server server;
    private final Effort effort;
    private final AtomicLong ids;

    TroubleBenchmark(Server server, Effort effort, AtomicLong ids) {
        this.server = server;
        this.effort = effort;
        this.ids = ids;
    }

    String run() throws Exception {
        StringBuilder table = new StringBuilder("""
                | secondary | p50 | p99 | p99 : healthy | without inline refresh: p50 | p99 | p99 : healthy |
                |---|---:|---:|---:|---:|---:|---:|
                """);
        Results waiting = measure("waiting", Duration.ofMillis(50));
        Results free = measure("free", Duration.ZERO);
        for (State state : State.values()) {
            table.append("| ").append(state.name().toLowerCase(Locale.ROOT).replace('_', ' '));
            for (Results results : List.of(waiting, free)) {
                table.append(" | %s ms | %s ms | %s"
                        .formatted(
                                results.median("%.2f", state + "50"),
                                results.median("%.2f", state + "99"),
                                results.ratio(state + "99", State.HEALTHY + "99")));
            }
            table.append(" |\n");
        }
        return table.toString();
    }

    private Results measure(String name, Duration inlineWait) throws Exception {
        Results results = new Results();
        try (Line line = new Line(server.port());
                Service service = new Service(
                        name,
                        server.pool(Server.LEGACY, Commits.DURABLE),
                        Server.pool(line.port(), Server.NEW, Commits.DURABLE),
                        relay -> relay.inlineWait(inlineWait))) {
            service.moveTo(Stage.LEGACY_PRIMARY);
            for (int round = 0; round <= effort.rounds(); round++) {
                for (State state : State.values()) {
                    line.become(state);
                    double[] millis = Load.paced(
                                    THREADS,
                                    PER_SECOND,
                                    effort.paced(),
                                    () -> service.orders().insert(Order.numbered(ids.incrementAndGet())))
                            .stream()
                            .mapToDouble(done -> done.nanos() / 1e6)
                            .toArray();
                    line.become(State.HEALTHY);
                    service.awaitClean();
                    if (round > 0) {
                        results.add(state + "50", Load.percentile(50, millis));
                        results.add(state + "99", Load.percentile(99, millis));
                    }
                }
            }
        }
        return results;
    }
}
