package dev.crossfade.samples.benchmarks.jdbc;

import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/** Measures on an embedded PostgreSQL and tells the tables of README.md. */
public final class JdbcBenchmarks {

    /** What can be measured by itself. */
    @SuppressWarnings("ImmutableEnumChecker") // The benchmarks hold nothing.
    private enum Part {
        WRITES("jdbc.writes", (server, effort, ids) -> new WriteBenchmark(server, effort, ids).run()),
        RELAY("jdbc.relay", (server, effort, ids) -> new RelayBenchmark(server, effort).run()),
        LAG("jdbc.lag", (server, effort, ids) -> new LagBenchmark(server, effort, ids).run()),
        HANDOVER("jdbc.handover", (server, effort, ids) -> new HandoverBenchmark(server, effort, ids).run()),
        TROUBLE("jdbc.trouble", (server, effort, ids) -> new TroubleBenchmark(server, effort, ids).run()),
        BACKFILL_LOAD("jdbc.backfill-load", (server, effort, ids) -> new BackfillLoadBenchmark(server, effort).run());

        private final String title;
        private final Benchmark benchmark;

        Part(String title, Benchmark benchmark) {
            this.title = title;
            this.benchmark = benchmark;
        }
    }

    /** Measures and tells a table. */
    private interface Benchmark {
        String run(Server server, Effort effort, AtomicLong ids) throws Exception;
    }

    private JdbcBenchmarks() {}

    /**
     * Measures.
     *
     * @param only a regular expression that the names of parts contain, such as {@code jdbc.writes}
     * @return the tables; empty if there is no such part
     */
    public static String run(Effort effort, Pattern only) throws Exception {
        StringBuilder tables = new StringBuilder();
        for (Part part : Part.values()) {
            if (only.matcher(part.title).find()) {
                System.out.println(part.title);
                tables.append("### ")
                        .append(part.title)
                        .append("\n\n")
                        .append(measure(part, effort))
                        .append('\n');
            }
        }
        return tables.toString();
    }

    /** Each part on a server of its own: none inherits what another has left in tables and caches. */
    private static String measure(Part part, Effort effort) throws Exception {
        try (Server server = Server.start()) {
            return part.benchmark.run(server, effort, new AtomicLong());
        }
    }
}
