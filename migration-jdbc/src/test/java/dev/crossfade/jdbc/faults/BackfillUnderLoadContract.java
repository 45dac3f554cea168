package dev.crossfade.jdbc.faults;

import static dev.crossfade.jdbc.orders.OrdersMigration.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.Migration;
import dev.crossfade.backfill.Backfill;
import dev.crossfade.backfill.BackfillStatus;
import dev.crossfade.jdbc.checker.Checker;
import dev.crossfade.jdbc.checker.History;
import dev.crossfade.jdbc.checker.Store;
import dev.crossfade.jdbc.checker.Verdict;
import dev.crossfade.jdbc.orders.Order;
import dev.crossfade.jdbc.orders.Orders;
import dev.crossfade.jdbc.testing.TestDatabase;
import dev.crossfade.jdbc.testing.TestServer;
import dev.crossfade.run.RunLimits;
import dev.crossfade.run.RunState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backfill at full speed while as many threads as can change, delete and insert again the rows that are just crossing. */
abstract class BackfillUnderLoadContract extends FaultContract {
    private static final int WRITERS = 5;
    private static final int OLD_ROWS = 2_000;
    private static final int PAGE = 100;
    private static final RunLimits LIMITS = RunLimits.DEFAULT
            .withMaxPage(PAGE)
            .withMaxSlowdown(Double.POSITIVE_INFINITY)
            .withMaxDirty(500)
            .withPageTime(Duration.ofMillis(100));

    /** As the checker wants them: an order's steps rise with every write, and its status is who wrote it. */
    private static final String ROWS = "SELECT id AS item_key, steps AS op_order, status AS writer, number FROM orders";

    @TempDir
    private Path directory;

    @Test
    void no_write_fails_the_lag_stays_bounded_and_nothing_is_lost_or_comes_back() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        insertOldRows(scene.legacy(), OLD_ROWS, 1);
        insertOldRows(scene.next(), OLD_ROWS, 13);
        Instance one = scene.startDual(scene.setup().legacyPool(12).newPool(12));
        Migration migration = one.service.migration;
        Backfill backfill = migration.backfill(Orders.class);
        backfill.limits(LIMITS);

        List<Meanwhile<Path>> writers = new ArrayList<>();
        for (int w = 0; w < WRITERS; w++) {
            writers.add(writer(one, w, new SplittableRandom(seed + w)));
        }
        Duration longest = Duration.ZERO;
        backfill.start(ALICE);
        while (!backfill.awaitEnd(Duration.ofMillis(20)).state().isEnd()) {
            Duration lag = migration.status().ledger().lag();
            longest = lag.compareTo(longest) > 0 ? lag : longest;
        }
        List<Path> logs =
                new ArrayList<>(writers.stream().map(Meanwhile::result).toList());
        logs.add(oldRowsLog());

        BackfillStatus status = backfill.status();
        assertThat(status.state()).as(status.toString()).isEqualTo(RunState.COMPLETED);
        // A busy machine may stand still for a while.
        assertThat(longest).isLessThan(LIMITS.maxLag().multipliedBy(6));
        scene.end();
        Verdict verdict = check(logs);
        System.out.println(verdict + "; " + status + "; the longest lag was " + longest.toMillis() + " ms");
        assertThat(verdict.findings()).isEmpty();
        assertThat(verdict.acknowledged()).isGreaterThan(OLD_ROWS + WRITERS);
    }

    /** Some have crossed before. */
    private static void insertOldRows(TestDatabase database, int count, int every) {
        String values = IntStream.range(0, count)
                .filter(id -> id % every == 0)
                .mapToObj(id -> "(%1$d, 'n%1$d', 'old', 0)".formatted(id + 1))
                .collect(Collectors.joining(", "));
        Scene.execute(database, "INSERT INTO orders (id, number, status, steps) VALUES " + values);
    }

    private Path oldRowsLog() throws IOException {
        return Files.write(
                directory.resolve("old"),
                IntStream.rangeClosed(1, OLD_ROWS).mapToObj(id -> "A W 0 " + id).toList());
    }

    /** Each has keys of its own, so that the order of its writes is that of its log. */
    private Meanwhile<Path> writer(Instance one, int number, SplittableRandom random) {
        String name = "writer-" + number;
        return meanwhile(() -> {
            List<String> log = new ArrayList<>();
            long order = 0;
            while (!isOver(one)) {
                long through = one.service.migration.status().backfills().get(0).rows();
                long near = Math.max(0, through + random.nextInt(4 * PAGE) - PAGE) % OLD_ROWS;
                long id = 1 + near - near % WRITERS + number;
                order++;
                Order written = new Order(id, "m" + id, name, order);
                if (random.nextInt(3) == 0) {
                    inTheEnd(() -> one.orders.deleteById(id));
                    log.add("A D " + order + " " + id);
                } else {
                    inTheEnd(() -> one.orders.put(written));
                    log.add("A W " + order + " " + id);
                }
            }
            return Files.write(directory.resolve(name), log);
        });
    }

    /** Writers of neighbouring keys get in each other's way on MariaDB, with or without a migration; they try again. */
    private void inTheEnd(Runnable write) {
        boolean done = false;
        while (!done) {
            try {
                write.run();
                done = true;
            } catch (RuntimeException refused) {
                if (scene.legacy().server() != TestServer.MARIADB || !Contention.isCauseOf(refused)) {
                    throw refused;
                }
            }
        }
    }

    private static boolean isOver(Instance one) {
        BackfillStatus known = one.service.migration.status().backfills().get(0);
        return known.state().isEnd() && known.state() != RunState.NOT_STARTED;
    }

    private Verdict check(List<Path> logs) throws IOException, SQLException {
        return Checker.check(
                History.read(logs),
                new Store(scene.legacy().dataSource(), ROWS),
                new Store(scene.next().dataSource(), ROWS));
    }
}
