package dev.crossfade.jdbc.types;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.crossfade.Side;
import dev.crossfade.jdbc.Database;
import dev.crossfade.jdbc.TableCopy;
import dev.crossfade.jdbc.testing.Pair;
import dev.crossfade.jdbc.testing.TestDatabase;
import dev.crossfade.jdbc.testing.TestDatabases;
import dev.crossfade.jdbc.testing.TestServer;
import dev.crossfade.jdbc.types.ZonedPool.Zone;
import dev.crossfade.spi.BackfillSource;
import dev.crossfade.spi.BackfillSource.RangeDigest;
import dev.crossfade.spi.KeyRange;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.Temporal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A window of time holds the same rows whatever the sessions' zone is, also in the hour that comes twice in autumn. */
abstract class TimeWindowContract {
    /** Clocks in Berlin go back from 03:00 to 02:00. */
    private static final Instant CLOCKS_GO_BACK = Instant.parse("2026-10-25T01:00:00Z");

    private static final Instant CLOCKS_GO_FORWARD = Instant.parse("2026-03-29T01:00:00Z");
    private static final Duration STEP = Duration.ofMinutes(10);
    private static final Duration LEAST = Duration.ofNanos(1_000);

    private TestDatabases databases;
    private ZonedPool legacyPool;
    private ZonedPool newPool;
    private BackfillSource things;

    /** When the row with the id of each place, from 1 on, happened. */
    private final List<Instant> moments = new ArrayList<>();

    abstract Pair pair();

    @BeforeEach
    void open() throws SQLException {
        databases = pair().open();
        legacyPool = new ZonedPool(
                databases.legacy().dataSource(), databases.legacy().server());
        newPool = new ZonedPool(databases.next().dataSource(), databases.next().server());
        for (Instant time = CLOCKS_GO_BACK.minus(Duration.ofHours(3));
                time.isBefore(CLOCKS_GO_BACK.plus(Duration.ofHours(3)));
                time = time.plus(STEP)) {
            moments.add(time);
            moments.add(time.minus(LEAST));
        }
        for (TestDatabase database : databases.both()) {
            fill(database);
        }
        Database legacy = Database.of("legacy", legacyPool.dataSource());
        Database next = Database.of("next", newPool.dataSource());
        things = TableCopy.from(legacy, "SELECT * FROM thing")
                .to(next, "thing")
                .key("id", Long.class)
                .column("moment")
                .column("local")
                .column("note")
                .of("Thing");
    }

    @AfterEach
    void close() {
        databases.close();
    }

    private void fill(TestDatabase database) throws SQLException {
        boolean isMariaDb = database.server() == TestServer.MARIADB;
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            if (isMariaDb) {
                knowBerlin(statement);
            }
            statement.execute("CREATE TABLE thing (id BIGINT PRIMARY KEY, moment "
                    + (isMariaDb ? "TIMESTAMP(6) NULL" : "TIMESTAMP(6) WITH TIME ZONE") + ", local "
                    + (isMariaDb ? "DATETIME(6)" : "TIMESTAMP(6)") + ", note VARCHAR(10))");
            statement.execute(isMariaDb ? "SET time_zone = '+00:00'" : "SET TIME ZONE 'UTC'");
            for (int i = 0; i < moments.size(); i++) {
                String time = local(moments.get(i)).toString().replace('T', ' ');
                statement.execute("INSERT INTO thing VALUES (" + (i + 1) + ", '" + time + "', '" + time + "', 'x')");
            }
        }
    }

    private static LocalDateTime local(Instant moment) {
        return LocalDateTime.ofInstant(moment, ZoneOffset.UTC);
    }

    /** MariaDB knows no zone with a summer before it was told one. */
    private static void knowBerlin(Statement mariaDb) throws SQLException {
        for (String row : List.of(
                "time_zone (Time_zone_id, Use_leap_seconds) VALUES (9001, 'N')",
                "time_zone_name (Name, Time_zone_id) VALUES ('Europe/Berlin', 9001)",
                "time_zone_transition_type (Time_zone_id, Transition_type_id, `Offset`, Is_DST, Abbreviation) VALUES"
                        + " (9001, 0, 3600, 0, 'CET'), (9001, 1, 7200, 1, 'CEST')",
                "time_zone_transition (Time_zone_id, Transition_time, Transition_type_id) VALUES (9001, "
                        + CLOCKS_GO_FORWARD.getEpochSecond() + ", 1), (9001, " + CLOCKS_GO_BACK.getEpochSecond()
                        + ", 0)")) {
            mariaDb.execute("INSERT IGNORE INTO mysql." + row);
        }
    }

    private List<Long> expected(Predicate<Instant> isInside) {
        List<Long> ids = new ArrayList<>();
        for (int i = 0; i < moments.size(); i++) {
            if (isInside.test(moments.get(i))) {
                ids.add(i + 1L);
            }
        }
        return ids;
    }

    private void assertHolds(String column, Temporal from, Temporal until, List<Long> expected) throws Throwable {
        List<String> zones = new ArrayList<>(List.of("Europe/Berlin"));
        Arrays.stream(Zone.values()).forEach(zone -> zones.add(zone.name()));
        for (String zone : zones) {
            for (ZonedPool pool : List.of(legacyPool, newPool)) {
                if (zone.contains("/")) {
                    pool.setZone(zone);
                } else {
                    pool.setZone(Zone.valueOf(zone));
                }
            }
            BackfillSource rows = things.within(column, from, until).orElseThrow();
            for (Side side : Side.values()) {
                assertThat(rows.read(side, KeyRange.ALL, 1_000))
                        .as("%s, %s to %s, in %s", side, from, until, zone)
                        .extracting(row -> row.key().key())
                        .isEqualTo(expected);
                Optional<RangeDigest> digest = rows.digest(side, KeyRange.ALL, 1_000);
                assertThat(digest.map(RangeDigest::rows).orElse((long) expected.size()))
                        .isEqualTo(expected.size());
            }
        }
    }

    @Test
    void a_window_between_points_in_time_holds_the_same_rows_in_every_zone() throws Throwable {
        for (Duration offset = Duration.ofMinutes(-90);
                offset.compareTo(Duration.ofMinutes(90)) <= 0;
                offset = offset.plusMinutes(30)) {
            Instant from = CLOCKS_GO_BACK.plus(offset);
            Instant until = from.plus(Duration.ofMinutes(40));
            assertHolds("moment", from, until, expected(time -> !time.isBefore(from) && time.isBefore(until)));
        }
    }

    @Test
    void a_window_that_reaches_beyond_what_a_column_can_hold_holds_all_rows_on_its_side() throws Throwable {
        Instant early = Instant.parse("1900-01-01T00:00:00Z");
        Instant late = Instant.parse("2200-01-01T00:00:00Z");
        assertHolds("moment", early, late, expected(time -> true));
        assertHolds("moment", Instant.EPOCH, CLOCKS_GO_BACK, expected(time -> time.isBefore(CLOCKS_GO_BACK)));
        assertHolds("moment", CLOCKS_GO_BACK, late, expected(time -> !time.isBefore(CLOCKS_GO_BACK)));
        assertHolds("moment", late, late.plusSeconds(1), List.of());
        assertHolds("moment", early, early.plusSeconds(1), List.of());
    }

    @Test
    void a_window_between_local_times_holds_the_same_rows_in_every_zone() throws Throwable {
        Instant until = CLOCKS_GO_BACK.plus(STEP);
        assertHolds(
                "local",
                local(CLOCKS_GO_BACK),
                local(until),
                expected(time -> !time.isBefore(CLOCKS_GO_BACK) && time.isBefore(until)));
    }

    @Test
    void a_window_of_another_kind_than_its_column_is_refused() {
        Instant until = CLOCKS_GO_BACK.plus(STEP);
        for (String column : List.of("local", "note")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> things.within(column, CLOCKS_GO_BACK, until))
                    .withMessageStartingWith("The column " + column + " is ")
                    .withMessageContaining("a window goes by two Instants where both know a time zone");
        }
        for (String column : List.of("moment", "note")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> things.within(column, local(CLOCKS_GO_BACK), local(until)))
                    .withMessageStartingWith("The column " + column + " is ")
                    .withMessageContaining("by two LocalDateTimes where neither does");
        }
    }
}
