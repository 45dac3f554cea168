package dev.crossfade.samples.benchmarks.backfill;

import com.zaxxer.hikari.HikariDataSource;
import dev.crossfade.Side;
import dev.crossfade.jdbc.Database;
import dev.crossfade.jdbc.TableCopy;
import dev.crossfade.samples.benchmarks.jdbc.Results;
import dev.crossfade.spi.BackfillSource;
import dev.crossfade.spi.BackfillSource.RangeDigest;
import dev.crossfade.spi.BackfillSource.Row;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.KeyRange;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;
import javax.sql.DataSource;

/** Measures how fast two full stores are found equal, and what goes over the wire for it. */
public final class ReconciliationBenchmarks {
    private static final String COUNTED = "?socketFactory=" + CountingSockets.class.getName();
    private static final int PAGE = 10_000;

    private final Stores stores;
    private final DataSource legacy;
    private final DataSource next;
    private final BackfillSource source;

    private ReconciliationBenchmarks(Stores stores, DataSource legacy, DataSource next) {
        this.stores = stores;
        this.legacy = legacy;
        this.next = next;
        TableCopy copy = TableCopy.from(Database.of("legacy", legacy), "SELECT * FROM parcel")
                .to(Database.of("new", next), "parcel")
                .key("id", Long.class);
        for (String column : Stores.COLUMNS.subList(1, Stores.COLUMNS.size())) {
            copy = copy.column(column);
        }
        this.source = copy.of("Parcel");
    }

    /** Looks at every row of both stores and returns how many there were. */
    private interface Contestant {
        long rows() throws Exception;
    }

    /**
     * Measures.
     *
     * @param only a regular expression that the names of parts contain, {@code reconciliation.postgresql} or {@code
     *     reconciliation.mariadb}
     * @return the tables; empty if there is no such part
     */
    public static String run(Volume volume, Pattern only) throws Exception {
        StringBuilder tables = new StringBuilder();
        for (String target : new String[] {"postgresql", "mariadb"}) {
            String part = "reconciliation." + target;
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

    private static String measure(Stores stores, int rounds) throws Exception {
        stores.reset();
        if (stores.toMariaDb()) {
            new ByHand(stores).pipeToMariaDb();
        } else {
            new ByHand(stores).pipe("binary");
        }
        stores.requireAllRows("the copy");
        try (HikariDataSource legacy = stores.legacy(COUNTED);
                HikariDataSource next = stores.next(COUNTED)) {
            execute(next, stores.toMariaDb() ? "ANALYZE TABLE parcel" : "VACUUM ANALYZE parcel");
            return new ReconciliationBenchmarks(stores, legacy, next).measure(rounds);
        }
    }

    private static void execute(DataSource pool, String sql) throws Exception {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private String measure(int rounds) throws Exception {
        Map<String, Contestant> contestants = new LinkedHashMap<>();
        contestants.put("both cursors, nothing compared", this::scan);
        contestants.put("Crossfade's rows, merged and compared", this::rows);
        for (int size : new int[] {1_000, 10_000, 100_000}) {
            contestants.put("Crossfade's digests of " + size + " rows", () -> digests(size));
        }
        Results speed = new Results();
        Results bytes = new Results();
        for (int round = 0; round <= rounds; round++) {
            for (Map.Entry<String, Contestant> contestant : contestants.entrySet()) {
                long before = CountingSockets.bytes();
                long began = System.nanoTime();
                long rows = contestant.getValue().rows();
                double rowsPerSecond = rows * 1e9 / (System.nanoTime() - began);
                if (rows != stores.rows()) {
                    throw new IllegalStateException(contestant.getKey() + " has seen " + rows + " rows");
                }
                System.out.printf("%.0f %s%n", rowsPerSecond, contestant.getKey());
                if (round > 0) {
                    speed.add(contestant.getKey(), rowsPerSecond);
                    bytes.add(contestant.getKey(), (CountingSockets.bytes() - before) / 1e6);
                }
            }
        }
        String baseline = contestants.keySet().iterator().next();
        StringBuilder table = new StringBuilder("""
                | contestant | rows/s | x both cursors | MB on the wire |
                |---|---:|---:|---:|
                """);
        for (String contestant : contestants.keySet()) {
            table.append("| %s | %s | %s | %s |%n"
                    .formatted(
                            contestant,
                            speed.median("%.0f", contestant),
                            speed.ratio(contestant, baseline),
                            bytes.median("%.3f", contestant)));
        }
        return table.toString();
    }

    private long scan() {
        CompletableFuture<Long> other = CompletableFuture.supplyAsync(() -> scan(next));
        long rows = scan(legacy);
        return Math.min(rows, other.join());
    }

    private static long scan(DataSource pool) {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.setFetchSize(1_000);
            long rows = 0;
            try (ResultSet row = statement.executeQuery(
                    "SELECT " + String.join(", ", Stores.COLUMNS) + " FROM parcel ORDER BY id")) {
                while (row.next()) {
                    rows++;
                }
            }
            connection.commit();
            return rows;
        } catch (Exception failure) {
            throw new CompletionException(failure);
        }
    }

    /** The new store's rows of a page are read and compared while legacy reads the page after it. */
    private long rows() {
        long rows = 0;
        EntityKey after = null;
        List<Row> wanted = read(Side.LEGACY, KeyRange.ALL);
        while (!wanted.isEmpty()) {
            List<Row> page = wanted;
            EntityKey last = page.get(page.size() - 1).key();
            KeyRange range = new KeyRange(after, last);
            CompletableFuture<Void> compared = CompletableFuture.runAsync(() -> compare(page, range));
            wanted = read(Side.LEGACY, new KeyRange(last, null));
            compared.join();
            rows += page.size();
            after = last;
        }
        return rows;
    }

    private void compare(List<Row> wanted, KeyRange range) {
        KeyRange rest = range;
        int at = 0;
        for (List<Row> held = read(Side.NEW, rest); !held.isEmpty(); held = read(Side.NEW, rest)) {
            for (Row row : held) {
                if (at == wanted.size()
                        || !row.key().equals(wanted.get(at).key())
                        || !source.isSame(wanted.get(at), row)) {
                    throw new IllegalStateException("the stores differ");
                }
                at++;
            }
            EntityKey last = held.get(held.size() - 1).key();
            if (last.equals(range.upTo())) {
                break;
            }
            rest = new KeyRange(last, range.upTo());
        }
        if (at < wanted.size()) {
            throw new IllegalStateException("the stores differ");
        }
    }

    private List<Row> read(Side side, KeyRange range) {
        try {
            return source.read(side, range, PAGE);
        } catch (Throwable failure) {
            throw new CompletionException(failure);
        }
    }

    /** The new store digests a range while legacy digests the one after it. */
    private long digests(int size) {
        long rows = 0;
        EntityKey after = null;
        RangeDigest wanted = digest(Side.LEGACY, KeyRange.ALL, size);
        while (wanted.last() != null) {
            KeyRange range = new KeyRange(after, wanted.last());
            CompletableFuture<RangeDigest> held = CompletableFuture.supplyAsync(() -> digest(Side.NEW, range, size));
            RangeDigest following = digest(Side.LEGACY, new KeyRange(wanted.last(), null), size);
            if (!held.join().equals(wanted)) {
                throw new IllegalStateException("the stores differ");
            }
            rows += wanted.rows();
            after = wanted.last();
            wanted = following;
        }
        return rows;
    }

    private RangeDigest digest(Side side, KeyRange range, int size) {
        try {
            return source.digest(side, range, size).orElseThrow();
        } catch (Throwable failure) {
            throw new CompletionException(failure);
        }
    }
}
