package dev.crossfade.jdbc.checker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.jdbc.checker.Finding.Kind;
import dev.crossfade.jdbc.testing.Pair;
import dev.crossfade.jdbc.testing.TestDatabase;
import dev.crossfade.jdbc.testing.TestDatabases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checker finds every kind of corruption that is planted, and nothing else. */
class CheckerTest {
    private static final String QUERY = "SELECT id AS item_key, op_order, writer, payload FROM item";
    private static final int KEYS = 24;

    @TempDir
    private Path directory;

    private TestDatabases databases;

    /**
     * Two equal stores and their log: the keys 0 to 15 were written at 10 and again at 20, of 16 to 19 that second write was
     * never acknowledged, and 20 to 23 were deleted at 20.
     */
    @BeforeEach
    void open_two_equal_stores() throws SQLException, IOException {
        databases = Pair.H2.open();
        StringBuilder log = new StringBuilder();
        for (TestDatabase database : databases.both()) {
            execute(
                    database,
                    "CREATE TABLE item (id VARCHAR(20) PRIMARY KEY, op_order BIGINT, writer VARCHAR(20), payload VARCHAR(20))");
        }
        for (int key = 0; key < KEYS; key++) {
            String kind = key < 20 ? "W" : "D";
            log.append("I W 10 k%d\nA W 10 k%d\nI %s 20 k%d\n".formatted(key, key, kind, key));
            if (key < 16 || key >= 20) {
                log.append("A %s 20 k%d\n".formatted(kind, key));
            }
            if (key < 20) {
                both("INSERT INTO item VALUES ('k%d', 20, 'w1', 'p%d')".formatted(key, key));
            }
        }
        log(log.toString());
    }

    @AfterEach
    void drop_them() {
        databases.close();
    }

    @Test
    void equal_stores_that_hold_what_was_acknowledged_are_clean() throws Exception {
        Verdict verdict = check();

        assertThat(verdict).isEqualTo(new Verdict(20, 44, List.of()));
        assertThat(verdict.clean()).isTrue();
        assertThat(verdict)
                .hasToString("20 rows, 44 acknowledged operations: 0 missing, 0 extra, 0 different, 0 lost, "
                        + "0 resurrected, 0 unexplained");
    }

    @Test
    void a_row_missing_on_the_secondary() throws Exception {
        secondary("DELETE FROM item WHERE id = 'k3'");

        finds(new Finding(Kind.MISSING, "k3"));
    }

    @Test
    void a_row_that_only_the_secondary_has() throws Exception {
        secondary("INSERT INTO item VALUES ('stray', 10, 'w1', 'p')");

        finds(new Finding(Kind.EXTRA, "stray"));
    }

    @Test
    void a_row_that_both_have_and_nobody_wrote() throws Exception {
        both("INSERT INTO item VALUES ('stray', 10, 'w1', 'p')");

        finds(new Finding(Kind.UNEXPLAINED, "stray"));
    }

    @Test
    void a_changed_column() throws Exception {
        secondary("UPDATE item SET payload = 'P3' WHERE id = 'k3'");
        secondary("UPDATE item SET payload = NULL WHERE id = 'k4'");
        secondary("UPDATE item SET payload = 'p5 ' WHERE id = 'k5'");

        finds(new Finding(Kind.DIFFERENT, "k3"), new Finding(Kind.DIFFERENT, "k4"), new Finding(Kind.DIFFERENT, "k5"));
    }

    @Test
    void two_rows_swapped_on_the_secondary() throws Exception {
        secondary("UPDATE item SET payload = 'p4' WHERE id = 'k3'");
        secondary("UPDATE item SET payload = 'p3' WHERE id = 'k4'");

        finds(new Finding(Kind.DIFFERENT, "k3"), new Finding(Kind.DIFFERENT, "k4"));
    }

    @Test
    void an_acknowledged_write_undone_on_both_sides() throws Exception {
        both("UPDATE item SET op_order = 10 WHERE id = 'k3'");

        finds(new Finding(Kind.LOST, "k3"));
    }

    @Test
    void an_acknowledged_row_gone_on_both_sides() throws Exception {
        both("DELETE FROM item WHERE id = 'k3'");

        finds(new Finding(Kind.LOST, "k3"));
    }

    @Test
    void an_acknowledged_row_gone_on_the_primary_only() throws Exception {
        primary("DELETE FROM item WHERE id = 'k3'");

        finds(new Finding(Kind.LOST, "k3"), new Finding(Kind.EXTRA, "k3"));
    }

    @Test
    void a_deleted_row_back_on_either_side() throws Exception {
        both("INSERT INTO item VALUES ('k20', 10, 'w1', 'p')");
        secondary("INSERT INTO item VALUES ('k21', 10, 'w1', 'p')");

        finds(new Finding(Kind.RESURRECTED, "k20"), new Finding(Kind.RESURRECTED, "k21"));
    }

    @Test
    void a_row_signed_by_a_writer_that_never_wrote_it() throws Exception {
        both("UPDATE item SET writer = 'w2' WHERE id = 'k3'");
        both("UPDATE item SET op_order = 30 WHERE id = 'k4'");

        finds(new Finding(Kind.UNEXPLAINED, "k3"), new Finding(Kind.UNEXPLAINED, "k4"));
    }

    @Test
    void a_row_left_by_a_write_that_was_rolled_back_or_by_a_delete() throws Exception {
        log(Files.readString(directory.resolve("w1")) + "I W 30 k3\nR W 30 k3\nI D 30 k4\n");
        both("UPDATE item SET op_order = 30 WHERE id IN ('k3', 'k4')");

        finds(new Finding(Kind.UNEXPLAINED, "k3"), new Finding(Kind.UNEXPLAINED, "k4"));
    }

    @Test
    void a_write_that_was_not_acknowledged_may_have_happened_or_not() throws Exception {
        both("UPDATE item SET op_order = 10 WHERE id = 'k16'");

        finds();
    }

    @Test
    void a_delete_that_was_not_acknowledged_may_have_happened_or_not() throws Exception {
        log(Files.readString(directory.resolve("w1")) + "I D 30 k3\nI D 30 k4\n");
        both("DELETE FROM item WHERE id = 'k3'");

        finds();
    }

    @Test
    void a_delete_that_came_before_or_was_rolled_back_excuses_nothing() throws Exception {
        log(Files.readString(directory.resolve("w1")) + "I D 15 k3\nI D 30 k4\nR D 30 k4\n");
        both("DELETE FROM item WHERE id IN ('k3', 'k4')");

        finds(new Finding(Kind.LOST, "k3"), new Finding(Kind.LOST, "k4"));
    }

    @Test
    void a_row_written_again_after_its_delete_is_not_resurrected() throws Exception {
        log(Files.readString(directory.resolve("w1")) + "I W 30 k20\nA W 30 k20\n");
        both("INSERT INTO item VALUES ('k20', 30, 'w1', 'p')");

        finds();
    }

    @Test
    void any_mixture_is_found_and_nothing_else() throws Exception {
        long seed = Long.getLong("crossfade.checker.seed", new Random().nextLong());
        System.out.println("crossfade.checker.seed=" + seed);
        Random random = new Random(seed);
        List<Integer> keys = new ArrayList<>();
        for (int key = 0; key < 16; key++) {
            keys.add(key);
        }
        Collections.shuffle(keys, random);
        Set<Finding> planted = new HashSet<>();
        for (int key : keys.subList(0, 1 + random.nextInt(15))) {
            Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
            planted.add(plant(kind, key));
        }

        finds(planted.toArray(Finding[]::new));
    }

    private Finding plant(Kind kind, int key) throws SQLException {
        String where = " WHERE id = 'k" + key + "'";
        switch (kind) {
            case MISSING -> secondary("DELETE FROM item" + where);
            case EXTRA -> secondary("INSERT INTO item VALUES ('extra%d', 10, 'w1', 'p')".formatted(key));
            case DIFFERENT -> secondary("UPDATE item SET payload = 'other'" + where);
            case LOST -> both("UPDATE item SET op_order = 10" + where);
            case RESURRECTED -> {
                int deleted = 20 + key % 4;
                secondary("MERGE INTO item VALUES ('k%d', 10, 'w1', 'p')".formatted(deleted));
                return new Finding(kind, "k" + deleted);
            }
            case UNEXPLAINED -> both("UPDATE item SET writer = 'stranger'" + where);
        }
        return new Finding(kind, kind == Kind.EXTRA ? "extra" + key : "k" + key);
    }

    private void finds(Finding... expected) throws Exception {
        assertThat(check().findings()).containsExactlyInAnyOrder(expected);
    }

    private Verdict check() throws SQLException, IOException {
        return Checker.check(
                History.read(List.of(directory.resolve("w1"))),
                new Store(databases.legacy().dataSource(), QUERY),
                new Store(databases.next().dataSource(), QUERY));
    }

    private void log(String lines) throws IOException {
        Files.writeString(directory.resolve("w1"), lines);
    }

    private void both(String sql) throws SQLException {
        primary(sql);
        secondary(sql);
    }

    private void primary(String sql) throws SQLException {
        execute(databases.legacy(), sql);
    }

    private void secondary(String sql) throws SQLException {
        execute(databases.next(), sql);
    }

    private static void execute(TestDatabase database, String sql) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
