package dev.crossfade.jdbc.types;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.Side;
import dev.crossfade.internal.view.FailureKind;
import dev.crossfade.jdbc.Database;
import dev.crossfade.jdbc.TableCopy;
import dev.crossfade.jdbc.testing.Pair;
import dev.crossfade.jdbc.testing.TestDatabase;
import dev.crossfade.jdbc.testing.TestDatabases;
import dev.crossfade.jdbc.types.TypeCase.Outcome;
import dev.crossfade.jdbc.types.ZonedPool.Zone;
import dev.crossfade.spi.BackfillSource;
import dev.crossfade.spi.BackfillSource.RangeDigest;
import dev.crossfade.spi.BackfillSource.Row;
import dev.crossfade.spi.KeyRange;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.TimeZone;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Every value is equal on both sides after it has crossed, or it does not cross and says why; in whatever zone the sessions of
 * either side and the JVM are.
 */
abstract class TypeMatrixContract {
    private TestDatabases databases;
    private ZonedPool legacyPool;
    private ZonedPool newPool;
    private Database legacy;
    private Database next;

    abstract Pair pair();

    abstract List<TypeCase> cases();

    /** What has to be there before the tables, on a session of each side. */
    void prepare(Statement legacy, Statement next) throws SQLException {}

    @BeforeEach
    void open() throws SQLException {
        databases = pair().open();
        legacyPool = new ZonedPool(
                databases.legacy().dataSource(), databases.legacy().server());
        newPool = new ZonedPool(databases.next().dataSource(), databases.next().server());
        legacy = Database.of("legacy", legacyPool.dataSource());
        next = Database.of("next", newPool.dataSource());
        try (Connection from = databases.legacy().connect();
                Statement fromStatement = from.createStatement();
                Connection to = databases.next().connect();
                Statement toStatement = to.createStatement()) {
            prepare(fromStatement, toStatement);
            for (int i = 0; i < cases().size(); i++) {
                TypeCase given = cases().get(i);
                fromStatement.execute("CREATE TABLE t" + i + " (id BIGINT PRIMARY KEY, v " + given.from() + ")");
                fromStatement.execute("INSERT INTO t" + i + " (id, v) VALUES (1, " + given.value() + ")");
                toStatement.execute("CREATE TABLE t" + i + " (id BIGINT PRIMARY KEY, v " + given.to() + ")");
            }
        }
    }

    @AfterEach
    void close() {
        databases.close();
    }

    @Test
    void every_value_is_equal_after_it_has_crossed_or_says_why_it_does_not_cross() throws Throwable {
        List<Zone> zones = List.of(Zone.values());
        SoftAssertions softly = new SoftAssertions();
        for (int i = 0; i < zones.size(); i++) {
            crossAll(zones.get(i), zones.get((i + 1) % zones.size()), softly);
        }
        softly.assertAll();
    }

    @Test
    void the_zone_of_the_jvm_changes_nothing() throws Throwable {
        TimeZone before = TimeZone.getDefault();
        TimeZone.setDefault(TimeZone.getTimeZone("Europe/Berlin"));
        try {
            SoftAssertions softly = new SoftAssertions();
            crossAll(Zone.NEW_YORK, Zone.KATHMANDU, softly);
            softly.assertAll();
        } finally {
            TimeZone.setDefault(before);
        }
    }

    private void crossAll(Zone ofLegacy, Zone ofNew, SoftAssertions softly) throws Throwable {
        legacyPool.setZone(ofLegacy);
        newPool.setZone(ofNew);
        for (int i = 0; i < cases().size(); i++) {
            TypeCase given = cases().get(i);
            String table = "t" + i;
            execute(databases.next(), "DELETE FROM " + table);
            softly.assertThat(outcome(given, table))
                    .as(given + " by sessions in " + ofLegacy + " and " + ofNew)
                    .isEqualTo(given.outcome() + " " + given.detail());
        }
    }

    /** What became of the value: the expected words, or others that tell what went wrong. */
    private String outcome(TypeCase given, String table) throws Throwable {
        BackfillSource source = TableCopy.from(legacy, "SELECT * FROM " + table)
                .to(next, table)
                .key("id", Long.class)
                .column("v")
                .of("Sample");
        try {
            source.check();
        } catch (IllegalStateException mistake) {
            return of(Outcome.MISTAKE, String.valueOf(mistake.getMessage()), given);
        }
        List<Row> read = source.read(Side.LEGACY, KeyRange.ALL, 10);
        assertThat(read).hasSize(1);
        String refusal = read.get(0).refusal();
        if (refusal != null) {
            assertThat(refusal).startsWith("column v ");
            return of(Outcome.REFUSED, refusal, given);
        }
        try {
            next.inTransaction(() -> source.insertMissing(read));
        } catch (SQLException failure) {
            assertThat(FailureKind.of(failure)).isEqualTo(FailureKind.REFUSED);
            return of(Outcome.REFUSED_BY_THE_DATABASE, String.valueOf(failure.getMessage()), given);
        }
        Row held = source.read(Side.NEW, KeyRange.ALL, 10).get(0);
        if (held.refusal() != null || !source.isSame(read.get(0), held)) {
            return "DIFFERENT " + text(read.get(0)) + " and " + text(held);
        }
        if (given.outcome() != Outcome.EQUAL || !holds(table, given.detail())) {
            return "CHANGED but called equal: " + text(held);
        }
        Optional<RangeDigest> there = source.digest(Side.LEGACY, KeyRange.ALL, 10);
        Optional<RangeDigest> here = source.digest(Side.NEW, KeyRange.ALL, 10);
        return here.equals(there) ? of(Outcome.EQUAL, given.detail(), given) : "DIGESTED to " + there + " and " + here;
    }

    private static String text(Row row) {
        @Nullable Object[] values = (Object[]) row.state();
        return values == null ? String.valueOf(row.refusal()) : String.valueOf(values[0]);
    }

    private static String of(Outcome outcome, String told, TypeCase given) {
        return outcome + " " + (told.contains(given.detail()) ? given.detail() : told);
    }

    private boolean holds(String table, String condition) throws SQLException {
        try (Connection connection = databases.next().connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT 1 FROM " + table + " WHERE " + condition)) {
            return row.next();
        }
    }

    private static void execute(TestDatabase database, String sql) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
