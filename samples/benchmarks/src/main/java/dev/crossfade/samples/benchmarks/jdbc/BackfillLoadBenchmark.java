package dev.crossfade.samples.benchmarks.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import dev.crossfade.Migration;
import dev.crossfade.backfill.Backfill;
import dev.crossfade.backfill.BackfillStatus;
import dev.crossfade.control.ManualControl;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.Database;
import dev.crossfade.jdbc.TableCopy;
import dev.crossfade.run.RunLimits;
import dev.crossfade.samples.benchmarks.jdbc.Server.Commits;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;

/** What a service's writes notice of a backfill that runs beside them: they change, delete and insert what is just crossing. */
final class BackfillLoadBenchmark {
    private static final int THREADS = 4;
    private static final int PER_SECOND = 500;
    private static final int AIMED_AT = 20_000;

    /** A backfill begins slowly: what it comes to takes longer to see. */
    private static final int TIMES_AS_LONG = 4;

    private final Server server;
    private final Effort effort;
    private final int oldRows;

    /** How fast the backfill may go. */
    @SuppressWarnings("ImmutableEnumChecker") // Limits are a record of values.
    private enum Speed {
        NONE("no backfill", RunLimits.DEFAULT.withThreads(0)),
        DEFAULT("as it comes", RunLimits.DEFAULT),
        GENTLE(
                "one thread, small pages, 5 000 rows/s",
                RunLimits.DEFAULT
                        .withThreads(1)
                        .withMaxPage(500)
                        .withPageTime(Duration.ofMillis(20))
                        .withMaxLatency(Duration.ofMillis(20))
                        .withMaxSlowdown(Double.POSITIVE_INFINITY)
                        .withRowsPerSecond(5_000)),
        UNBRAKED(
                "four threads, no brakes",
                RunLimits.DEFAULT
                        .withThreads(4)
                        .withMaxDirty(Integer.MAX_VALUE)
                        .withMaxLag(Duration.ofDays(1))
                        .withMaxLatency(Duration.ofDays(1))
                        .withMaxSlowdown(Double.POSITIVE_INFINITY));

        private final String title;
        private final RunLimits limits;

        Speed(String title, RunLimits limits) {
            this.title = title;
            this.limits = limits;
        }
    }

    BackfillLoadBenchmark(Server server, Effort effort) {
        this.server = server;
        this.effort = effort;
        this.oldRows = 10 * effort.keys();
    }

    String run() throws Exception {
        server.execute(Server.LEGACY, """
                INSERT INTO orders SELECT n, 10000 + n %% 1000, 'PLACED', 10 + n %% 90,
                       'leave it with the neighbour, number ' || n %% 100, timestamptz '2026-11-21 12:00:00Z'
                  FROM generate_series(1, %d) n
                """.formatted(oldRows), "ANALYZE orders");
        Results results = new Results();
        for (int round = 0; round <= effort.rounds(); round++) {
            for (Speed speed : Speed.values()) {
                measure(speed, round, round == 0 ? new Results() : results);
            }
        }
        StringBuilder table = new StringBuilder("""
                | %d writes/s beside a backfill | write p50 | write p99 | p99 ratio | rows/s that cross | longest lag |
                |---|---:|---:|---:|---:|---:|
                """.formatted(PER_SECOND));
        for (Speed speed : Speed.values()) {
            table.append("| %s | %s ms | %s ms | %s | %s | %s ms |%n"
                    .formatted(
                            speed.title,
                            results.median("%.2f", speed + "50"),
                            results.median("%.2f", speed + "99"),
                            results.ratio(speed + "99", Speed.NONE + "99"),
                            results.median("%.0f", speed + "rows"),
                            results.median("%.0f", speed + "lag")));
        }
        return table.toString();
    }

    private void measure(Speed speed, int round, Results results) throws Exception {
        server.execute(Server.NEW, "TRUNCATE orders");
        try (HikariDataSource legacyPool = server.pool(Server.LEGACY, Commits.DURABLE);
                HikariDataSource newPool = server.pool(Server.NEW, Commits.DURABLE);
                Migration migration = migration(speed.name().toLowerCase(Locale.ROOT) + round, legacyPool, newPool)) {
            Service.move(migration, Stage.LEGACY_PRIMARY);
            Backfill backfill = migration.backfill(Orders.class);
            backfill.limits(speed.limits);
            backfill.start(Service.OPERATOR);
            AtomicBoolean stop = new AtomicBoolean();
            Watch watch = new Watch(migration, backfill, stop, round == 0 ? 1 : TIMES_AS_LONG);
            long begin = System.nanoTime();
            watch.start();
            Orders orders = migration.repository(Orders.class);
            List<Load.Done> writes = Load.paced(THREADS, PER_SECOND, stop, () -> write(migration, orders));
            watch.join();
            double seconds = (System.nanoTime() - begin) / 1e9;
            double[] latencies =
                    writes.stream().mapToDouble(done -> done.nanos() / 1e6).toArray();
            results.add(speed + "50", Load.percentile(50, latencies));
            results.add(speed + "99", Load.percentile(99, latencies));
            results.add(speed + "rows", backfill.status().rows() / seconds);
            results.add(speed + "lag", watch.longest.toNanos() / 1e6);
        }
    }

    /** A third of them deletes, and what was deleted is soon inserted again. */
    private void write(Migration migration, Orders orders) {
        long through = migration.status().backfills().get(0).rows();
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long id = 1 + Math.floorMod(through + random.nextInt(AIMED_AT) - AIMED_AT / 4, (long) oldRows);
        if (random.nextInt(3) == 0) {
            orders.deleteById(id);
        } else {
            orders.put(Order.numbered(id));
        }
    }

    /** Ends the writes when the backfill has ended or the time is over. */
    private final class Watch extends Thread {
        private final Migration migration;
        private final Backfill backfill;
        private final AtomicBoolean stop;
        private final Duration time;
        private Duration longest = Duration.ZERO;

        Watch(Migration migration, Backfill backfill, AtomicBoolean stop, int times) {
            this.time = effort.paced().multipliedBy(times);
            this.migration = migration;
            this.backfill = backfill;
            this.stop = stop;
        }

        @Override
        public void run() {
            long deadline = System.nanoTime() + time.toNanos();
            try {
                BackfillStatus status = backfill.status();
                while (!status.state().isEnd() && System.nanoTime() - deadline < 0) {
                    Duration lag = migration.status().ledger().lag();
                    longest = lag.compareTo(longest) > 0 ? lag : longest;
                    status = backfill.awaitEnd(Duration.ofMillis(20));
                }
            } catch (InterruptedException asked) {
                Thread.currentThread().interrupt();
            } finally {
                stop.set(true);
            }
        }
    }

    private static Migration migration(String name, HikariDataSource legacyPool, HikariDataSource newPool) {
        Database legacy = Database.of("legacy", legacyPool);
        Database next = Database.of("new", newPool);
        TableCopy copy = TableCopy.from(legacy, "SELECT id, customer, status, total, note, changed_at FROM orders")
                .to(next, "orders")
                .key("id", Long.class)
                .column("customer")
                .column("status")
                .column("total")
                .column("note")
                .column("changed_at");
        return Migration.of("backfill_" + name)
                .between(legacy, next)
                .repository(
                        Orders.class,
                        r -> r.from(new SqlOrders(legacy.dataSource()))
                                .to(new SqlOrders(next.dataSource()))
                                .key(Order.class, Order::id)
                                .overwrite(Orders::put)
                                .findAll(Orders::findAllById)
                                .overwriteAll(Orders::putAll)
                                .deleteAll(Orders::deleteAllById)
                                .backfill(copy))
                .control(ManualControl.create())
                .build()
                .start();
    }
}
