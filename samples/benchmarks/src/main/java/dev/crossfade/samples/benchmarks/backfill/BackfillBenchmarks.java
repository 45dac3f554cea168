package dev.crossfade.samples.benchmarks.backfill;

import dev.crossfade.samples.benchmarks.jdbc.Results;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Measures how fast old rows cross and tells the tables of README.md. */
public final class BackfillBenchmarks {
    private BackfillBenchmarks() {}

    /** Copies every row; may say itself how many a second, else the whole call counts. */
    private interface Contestant {
        double rowsPerSecond() throws Exception;
    }

    /** Copies every row. */
    private interface Copy {
        void run() throws Exception;
    }

    /**
     * Measures.
     *
     * @param only a regular expression that the names of parts contain, {@code backfill.postgresql} or {@code
     *     backfill.mariadb}
     * @return the tables; empty if there is no such part
     */
    public static String run(Volume volume, Pattern only) throws Exception {
        StringBuilder tables = new StringBuilder();
        for (String target : new String[] {"postgresql", "mariadb"}) {
            String part = "backfill." + target;
            if (only.matcher(part).find()) {
                System.out.println(part);
                try (Stores stores = Stores.open(target.equals("mariadb"), volume.rows())) {
                    tables.append("### ")
                            .append(part)
                            .append("\n\n")
                            .append(measure(stores, volume.rounds()))
                            .append('\n');
                }
            }
        }
        return tables.toString();
    }

    private static Contestant timed(Stores stores, Copy copy) {
        return () -> {
            long began = System.nanoTime();
            copy.run();
            return stores.rows() * 1e9 / (System.nanoTime() - began);
        };
    }

    private static Map<String, Contestant> contestants(Stores stores) {
        ByHand byHand = new ByHand(stores);
        WithCrossfade crossfade = new WithCrossfade(stores);
        Map<String, Contestant> all = new LinkedHashMap<>();
        if (stores.toMariaDb()) {
            all.put("COPY to LOAD DATA, one pipe", timed(stores, byHand::pipeToMariaDb));
        } else {
            all.put("COPY to COPY, one pipe, text", timed(stores, () -> byHand.pipe("text")));
            all.put("COPY to COPY, one pipe, binary", timed(stores, () -> byHand.pipe("binary")));
            all.put("COPY into a temporary table, insert-select", timed(stores, () -> byHand.staged(1)));
            all.put("the same in two ranges", timed(stores, () -> byHand.staged(2)));
        }
        all.put("pages by key, batches that ignore what is there", timed(stores, () -> byHand.batches(1)));
        all.put("the same in two ranges, batches", timed(stores, () -> byHand.batches(2)));
        all.put("Spring Batch, paging reader and batch writer", timed(stores, () -> WithSpringBatch.copy(stores)));
        all.put("Crossfade's pages alone, not verified, 2 ranges", timed(stores, () -> crossfade.pagesAlone(2)));
        all.put("Crossfade's table copy, verified, 1 thread", () -> crossfade.tables(1, false));
        all.put("Crossfade's table copy, verified, 2 threads", () -> crossfade.tables(2, false));
        all.put("Crossfade's table copy with a mapping, verified, 2 threads", () -> crossfade.tables(2, true));
        all.put("Crossfade by the repository, verified, 2 threads", () -> crossfade.repository(2));
        return all;
    }

    private static String measure(Stores stores, int rounds) throws Exception {
        Results results = new Results();
        Map<String, Contestant> contestants = contestants(stores);
        for (int round = 0; round <= rounds; round++) {
            for (Map.Entry<String, Contestant> contestant : contestants.entrySet()) {
                stores.reset();
                double rowsPerSecond = contestant.getValue().rowsPerSecond();
                stores.requireAllRows(contestant.getKey());
                System.out.printf("%.0f %s%n", rowsPerSecond, contestant.getKey());
                if (round > 0) {
                    results.add(contestant.getKey(), rowsPerSecond);
                }
            }
        }
        String baseline = contestants.keySet().iterator().next();
        StringBuilder table = new StringBuilder("""
                | contestant | rows/s | x the pipe |
                |---|---:|---:|
                """);
        for (String contestant : contestants.keySet()) {
            table.append("| %s | %s | %s |%n"
                    .formatted(contestant, results.median("%.0f", contestant), results.ratio(contestant, baseline)));
        }
        return table.toString();
    }
}
