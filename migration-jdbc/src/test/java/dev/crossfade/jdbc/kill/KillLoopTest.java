package dev.crossfade.jdbc.kill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.jdbc.checker.Checker;
import dev.crossfade.jdbc.checker.Finding;
import dev.crossfade.jdbc.checker.Finding.Kind;
import dev.crossfade.jdbc.checker.History;
import dev.crossfade.jdbc.checker.Store;
import dev.crossfade.jdbc.checker.Verdict;
import dev.crossfade.jdbc.testing.TestDatabase;
import dev.crossfade.jdbc.testing.TestServer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The frame of the kill loop, with children that write to one PostgreSQL themselves. */
class KillLoopTest {
    private static final List<CrashPoint> CRASH_POINTS =
            List.of(CrashPoint.BEFORE_COMMIT, CrashPoint.AFTER_PRIMARY_COMMIT);
    private static final int ROUNDS = Integer.getInteger("crossfade.kill.rounds", 10);
    private static final int INSTANCES = 2;

    @TempDir
    private Path directory;

    private TestDatabase database;
    private long seed;

    @BeforeEach
    void open_a_database() throws SQLException {
        database = TestServer.POSTGRES.newDatabase();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(DirectWorkload.CREATE);
        }
        seed = Long.getLong("crossfade.kill.seed", new SplittableRandom().nextLong());
        System.out.println("crossfade.kill.seed=" + seed);
    }

    @AfterEach
    void drop_it() {
        database.close();
    }

    @Test
    void children_killed_at_any_time_lose_nothing_they_acknowledged() throws Exception {
        Verdict verdict;
        try (KillLoop loop =
                new KillLoop(directory, DirectWorkload.class, arguments(), CRASH_POINTS, INSTANCES, seed)) {
            loop.run(ROUNDS);
            loop.stop();
            verdict = check(loop.history());
        }

        System.out.println(ROUNDS + " kills: " + verdict);
        assertThat(verdict.findings()).isEmpty();
        assertThat(verdict.acknowledged()).isGreaterThan(ROUNDS);
    }

    @Test
    void a_child_that_acknowledges_before_its_commit_is_found_out() throws Exception {
        Child child = startChild("w1", HastyWorkload.class);
        child.awaitReady();
        child.crashAt(CrashPoint.BEFORE_COMMIT);
        child.work();
        child.awaitExit();

        Verdict verdict = check(History.read(List.of(Child.log(directory, "w1"))));

        assertThat(verdict.findings()).isNotEmpty().extracting(Finding::kind).containsOnly(Kind.LOST);
    }

    @Test
    void a_child_that_dies_before_its_commit_leaves_an_intention_and_no_row() throws Exception {
        Child child = startChild("w1");
        child.awaitReady();
        child.crashAt(CrashPoint.BEFORE_COMMIT);
        child.work();

        assertThat(child.awaitExit()).isEqualTo(CrashPoint.BEFORE_COMMIT.exitCode());
        assertThat(rows()).isZero();
        assertThat(Child.log(directory, "w1")).content().startsWith("I ").doesNotContain("A ");
    }

    @Test
    void a_child_that_dies_after_its_commit_leaves_a_row_that_it_never_acknowledged() throws Exception {
        Child child = startChild("w1");
        child.awaitReady();
        child.crashAt(CrashPoint.AFTER_PRIMARY_COMMIT);
        child.work();

        assertThat(child.awaitExit()).isEqualTo(CrashPoint.AFTER_PRIMARY_COMMIT.exitCode());
        assertThat(Child.log(directory, "w1")).content().startsWith("I ").doesNotContain("A ");
        assertThat(rows()).isPositive();
    }

    @Test
    void a_child_dies_with_its_parent() throws Exception {
        Child child = startChild("w1");
        child.awaitReady();
        child.work();
        child.awaitSteps(1);

        child.abandon();

        assertThat(child.awaitExit()).isEqualTo(ChildMain.ORPHANED);
    }

    @Test
    void a_child_told_to_stop_ends_its_step() throws Exception {
        Child child = startChild("w1");
        child.awaitReady();
        child.work();
        child.awaitSteps(5);

        child.stop();

        assertThat(Child.log(directory, "w1")).content().endsWith("\n");
    }

    /** There is one store only, which is compared with itself. */
    private Verdict check(History history) throws SQLException {
        Store store = new Store(database.dataSource(), DirectWorkload.ROWS);
        return Checker.check(history, store, store);
    }

    private Child startChild(String writer) throws IOException {
        return startChild(writer, DirectWorkload.class);
    }

    private Child startChild(String writer, Class<? extends Workload> workload) throws IOException {
        return Child.start(directory, writer, seed, workload, arguments());
    }

    private List<String> arguments() {
        return List.of(database.url(), database.user(), database.password());
    }

    private int rows() throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT count(*) FROM item")) {
            result.next();
            return result.getInt(1);
        }
    }
}
