package dev.crossfade.jdbc.kill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.crossfade.Migration;
import dev.crossfade.Side;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.Database;
import dev.crossfade.jdbc.checker.Checker;
import dev.crossfade.jdbc.checker.Store;
import dev.crossfade.jdbc.checker.Verdict;
import dev.crossfade.jdbc.testing.Pair;
import dev.crossfade.jdbc.testing.TestDatabase;
import dev.crossfade.jdbc.testing.TestDatabases;
import dev.crossfade.testing.Moves;
import dev.crossfade.testing.Patience;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Instances of a service are killed at any time, while they write through the library and move the primary to and fro. What
 * was acknowledged is there, and the stores become equal.
 */
class LibraryKillLoopTest {
    private static final int ROUNDS = Integer.getInteger("crossfade.kill.rounds", 50);
    private static final int INSTANCES = 2;
    private static final List<CrashPoint> CRASH_POINTS =
            List.copyOf(EnumSet.range(CrashPoint.BEFORE_COMMIT, CrashPoint.AFTER_RELEASE));

    @TempDir
    private Path directory;

    private TestDatabases databases;
    private long seed;

    @BeforeEach
    void open() throws SQLException {
        databases = Pair.POSTGRES.open();
        for (TestDatabase database : databases.both()) {
            try (Connection connection = database.connect();
                    Statement statement = connection.createStatement()) {
                statement.execute(DirectWorkload.CREATE);
            }
        }
        seed = Long.getLong("crossfade.kill.seed", new SplittableRandom().nextLong());
        System.out.println("crossfade.kill.seed=" + seed);
    }

    @AfterEach
    void close() {
        databases.close();
    }

    @Test
    void instances_killed_at_any_time_lose_nothing_and_leave_equal_stores() throws Exception {
        enterDualWrite();
        Verdict verdict;
        try (KillLoop loop =
                new KillLoop(directory, LibraryWorkload.class, arguments(), CRASH_POINTS, INSTANCES, seed)) {
            loop.run(ROUNDS);
            loop.stop();
            verdict = checkAtRest(loop);
        }
        System.out.println(ROUNDS + " kills: " + verdict);
        assertThat(verdict.findings()).isEmpty();
        assertThat(verdict.acknowledged()).isGreaterThan(ROUNDS);
    }

    private void enterDualWrite() throws InterruptedException {
        try (Migration migration = migration()) {
            migration.start();
            Moves.move(migration, Stage.LEGACY_PRIMARY, LibraryWorkload.OPERATOR);
            assertThat(migration.copy(Items.class).complete(LibraryWorkload.OPERATOR, Patience.LIMIT))
                    .isEmpty();
        }
    }

    /** One more instance comes, ends what the killed ones left behind, and then everything has to be equal. */
    private Verdict checkAtRest(KillLoop loop) throws Exception {
        try (Migration migration = migration()) {
            migration.start();
            await().atMost(Duration.ofSeconds(60)).until(() -> {
                var status = migration.status();
                return !status.moving() && status.ledger().dirty() == 0;
            });
            Store legacy = new Store(databases.legacy().dataSource(), DirectWorkload.ROWS);
            Store next = new Store(databases.next().dataSource(), DirectWorkload.ROWS);
            return migration.status().primary() == Side.LEGACY
                    ? Checker.check(loop.history(), legacy, next)
                    : Checker.check(loop.history(), next, legacy);
        }
    }

    private Migration migration() {
        return LibraryWorkload.migration(
                Database.of("legacy", databases.legacy().dataSource()),
                Database.of("new", databases.next().dataSource()),
                items -> {});
    }

    private List<String> arguments() {
        return List.of(
                databases.legacy().url(),
                databases.legacy().user(),
                databases.legacy().password(),
                databases.next().url(),
                databases.next().user(),
                databases.next().password());
    }
}
