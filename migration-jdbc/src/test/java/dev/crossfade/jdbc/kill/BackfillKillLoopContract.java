package dev.crossfade.jdbc.kill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.crossfade.Migration;
import dev.crossfade.backfill.Backfill;
import dev.crossfade.backfill.BackfillStatus;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.Database;
import dev.crossfade.jdbc.checker.Checker;
import dev.crossfade.jdbc.checker.History;
import dev.crossfade.jdbc.checker.Store;
import dev.crossfade.jdbc.checker.Verdict;
import dev.crossfade.jdbc.kill.OperationLog.Entry;
import dev.crossfade.jdbc.kill.OperationLog.Kind;
import dev.crossfade.jdbc.testing.Pair;
import dev.crossfade.jdbc.testing.TestDatabase;
import dev.crossfade.jdbc.testing.TestDatabases;
import dev.crossfade.jdbc.testing.TestServer;
import dev.crossfade.run.RunLimits;
import dev.crossfade.run.RunState;
import dev.crossfade.testing.Moves;
import dev.crossfade.testing.Patience;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Instances of a service share a backfill and are killed at any time, while they change, delete and insert again the rows that
 * are just crossing. Every range is verified in the end, what was acknowledged is there, and the stores are equal.
 */
abstract class BackfillKillLoopContract {
    private static final int ROUNDS = Integer.getInteger("crossfade.kill.backfill.rounds", 2);
    private static final int INSTANCES = 2;

    /** At the children's rate far more than cross while a child is killed and another one comes; the rest crosses fast. */
    private static final int ROWS_A_ROUND = 1_000;

    private static final List<CrashPoint> CRASH_POINTS = crashPoints();

    @TempDir
    private Path directory;

    private TestDatabases databases;
    private long seed;
    private int oldRows;

    private static List<CrashPoint> crashPoints() {
        List<CrashPoint> points = new ArrayList<>(EnumSet.range(CrashPoint.BEFORE_COMMIT, CrashPoint.AFTER_APPLY));
        points.addAll(EnumSet.range(CrashPoint.AFTER_CLAIM, CrashPoint.AFTER_CHECKPOINT));
        return List.copyOf(points);
    }

    abstract Pair pair();

    @BeforeEach
    void open() throws Exception {
        databases = pair().open();
        oldRows = ROUNDS * ROWS_A_ROUND;
        seed = Long.getLong("crossfade.kill.seed", new SplittableRandom().nextLong());
        System.out.println("crossfade.kill.seed=" + seed);
        for (TestDatabase database : databases.both()) {
            execute(
                    database,
                    database.server() == TestServer.MARIADB ? DirectWorkload.CREATE_ON_MARIADB : DirectWorkload.CREATE);
        }
        List<String> old = new ArrayList<>();
        List<String> there = new ArrayList<>();
        for (int n = 0; n < oldRows; n++) {
            String name = BackfillWorkload.name(n);
            old.add("('" + name + "', 0, 'old', 'payload " + n + "')");
            // Some have crossed before, some differ, and some have no business there: every page finds something to
            // mark.
            if (n % 10 < 2) {
                there.add("('" + name + "', 0, 'old', '" + (n % 10 == 0 ? "stale" : "payload " + n) + "')");
            }
            if (n % 100 == 0) {
                there.add("('" + name + "x', 0, 'old', 'extra')");
            }
        }
        execute(databases.legacy(), "INSERT INTO item VALUES " + String.join(", ", old));
        execute(databases.next(), "INSERT INTO item VALUES " + String.join(", ", there));
        try (OperationLog log = OperationLog.create(directory.resolve("old"))) {
            List<Entry> entries = new ArrayList<>();
            for (int number = 0; number < oldRows; number++) {
                entries.add(new Entry(Kind.WRITE, 0, BackfillWorkload.name(number)));
            }
            log.acknowledge(entries);
        }
    }

    private static void execute(TestDatabase database, String sql) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @AfterEach
    void close() {
        databases.close();
    }

    @Test
    void a_backfill_whose_instances_are_killed_at_any_time_ends_with_equal_stores() throws Exception {
        try (Migration migration = migration()) {
            migration.start();
            Moves.move(migration, Stage.LEGACY_PRIMARY, MigratingWorkload.OPERATOR);
            Backfill backfill = migration.backfill(Items.class);
            backfill.limits(RunLimits.DEFAULT.withThreads(0));
            backfill.start(MigratingWorkload.OPERATOR);
            int kills = 0;
            try (KillLoop loop =
                    new KillLoop(directory, BackfillWorkload.class, arguments(), CRASH_POINTS, INSTANCES, seed)) {
                while (kills < ROUNDS && isRunning(backfill)) {
                    loop.killOne(() -> isRunning(backfill));
                    expireLeases();
                    kills++;
                }
                System.out.println(kills + " kills: " + backfill.status());
                assertThat(kills).isEqualTo(ROUNDS);
                loop.stop();
                expireLeases();
                Verdict verdict = checkAtRest(migration, backfill, loop);
                System.out.println(verdict);
                assertThat(verdict.findings()).isEmpty();
                assertThat(verdict.acknowledged()).isGreaterThan(oldRows + ROUNDS);
            }
        }
    }

    private static boolean isRunning(Backfill backfill) {
        return backfill.status().state() == RunState.RUNNING;
    }

    /** Of the killed one, and of those that live: a range is taken over while its holder is still at work on it. */
    private void expireLeases() throws SQLException {
        execute(
                databases.next(),
                "UPDATE crossfade_backfill_range SET lease_until = '2001-01-01' WHERE holder IS NOT NULL");
    }

    /** This instance ends what is left, and then everything has to be equal. */
    private Verdict checkAtRest(Migration migration, Backfill backfill, KillLoop loop)
            throws InterruptedException, IOException, SQLException {
        backfill.limits(RunLimits.DEFAULT.withMaxSlowdown(Double.POSITIVE_INFINITY));
        BackfillStatus status = backfill.awaitEnd(Patience.LIMIT.multipliedBy(3));
        assertThat(status.state()).as(status.toString()).isEqualTo(RunState.COMPLETED);
        assertThat(status.openRanges()).isZero();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> migration.status().ledger().dirty() == 0);
        List<Path> logs = new ArrayList<>(loop.logs());
        logs.add(directory.resolve("old"));
        return Checker.check(
                History.read(logs),
                new Store(databases.legacy().dataSource(), DirectWorkload.ROWS),
                new Store(databases.next().dataSource(), DirectWorkload.ROWS));
    }

    private Migration migration() {
        return BackfillWorkload.migration(
                Database.of("legacy", databases.legacy().dataSource()),
                Database.of("new", databases.next().dataSource()),
                true);
    }

    private List<String> arguments() {
        return List.of(
                databases.legacy().url(),
                databases.legacy().user(),
                databases.legacy().password(),
                databases.next().url(),
                databases.next().user(),
                databases.next().password(),
                String.valueOf(oldRows));
    }
}
