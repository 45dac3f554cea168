package dev.crossfade.jdbc.faults;

import static dev.crossfade.jdbc.faults.Scene.execute;
import static dev.crossfade.jdbc.faults.Scene.number;
import static dev.crossfade.jdbc.orders.OrdersMigration.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.orders.Order;
import dev.crossfade.jdbc.orders.Orders;
import dev.crossfade.jdbc.testing.TestDatabase;
import dev.crossfade.jdbc.testing.TestServer;
import dev.crossfade.reconcile.Counts;
import dev.crossfade.reconcile.Reconciliation;
import dev.crossfade.reconcile.ReconciliationReport;
import dev.crossfade.reconcile.ReconciliationStatus;
import dev.crossfade.reconcile.Scope;
import dev.crossfade.reconcile.Verdict;
import dev.crossfade.run.RunState;
import dev.crossfade.spi.Discrepancy;
import dev.crossfade.spi.Discrepancy.Kind;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A reconciliation of the keys that were written lately. */
abstract class WrittenKeysContract extends FaultContract {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration LONG_AGO = Duration.ofDays(1);

    private void sameRows(int count) {
        String values = LongStream.rangeClosed(1, count)
                .mapToObj("(%1$d, 'n%1$d', 'open', 1)"::formatted)
                .collect(Collectors.joining(", "));
        for (TestDatabase database : scene.databases.both()) {
            execute(database, "INSERT INTO orders (id, number, status, steps) VALUES " + values);
        }
    }

    /** As if the ledger had noted its last change of these orders so long ago. */
    private static void age(TestDatabase database, Duration ago, long... orders) {
        Instant time = Instant.now().minus(ago);
        String keys = LongStream.of(orders).mapToObj(id -> "?").collect(Collectors.joining(", "));
        try (Connection connection = database.connect();
                PreparedStatement update = connection.prepareStatement(
                        "UPDATE crossfade_ledger SET changed_at = ? WHERE entity_key IN (" + keys + ")")) {
            update.setObject(
                    1,
                    database.server() == TestServer.MARIADB
                            ? LocalDateTime.ofInstant(time, ZoneOffset.UTC)
                            : time.atOffset(ZoneOffset.UTC));
            for (int i = 0; i < orders.length; i++) {
                update.setBytes(i + 2, bytes(orders[i]));
            }
            assertThat(update.executeUpdate()).isEqualTo(orders.length);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** A number as the ledger holds it: its type, and its bytes with the sign turned. */
    private static byte[] bytes(long order) {
        return ByteBuffer.allocate(9)
                .put((byte) 3)
                .putLong(order ^ Long.MIN_VALUE)
                .array();
    }

    /** As if both sides had been written for long. */
    private Instance dual() {
        Instance instance = scene.startDual();
        enteredLongAgo();
        return instance;
    }

    private void enteredLongAgo() {
        execute(scene.legacy(), "UPDATE crossfade_audit SET happened_at = '2001-01-01 00:00:00'");
    }

    private void age(Duration ago, long... orders) {
        scene.databases.both().forEach(database -> age(database, ago, orders));
    }

    private static void spoil(TestDatabase database, long... orders) {
        for (long order : orders) {
            execute(database, "UPDATE orders SET status = 'lost' WHERE id = " + order);
        }
    }

    private static Reconciliation started(Instance instance) {
        return instance.service.migration.reconciliation(Orders.class).start(Scope.writtenInTheLast(HOUR), ALICE);
    }

    private static ReconciliationReport completed(Reconciliation reconciliation) throws InterruptedException {
        ReconciliationStatus status = reconciliation.awaitEnd(Scene.PATIENCE);
        assertThat(status.state()).as(status.toString()).isEqualTo(RunState.COMPLETED);
        return reconciliation.report().orElseThrow();
    }

    private static Map<Object, Kind> found(ReconciliationReport report) {
        return report.findings().stream()
                .collect(Collectors.toMap(one -> one.key().key(), Discrepancy::kind));
    }

    @Test
    void keys_written_lately_are_compared_and_no_others() throws Exception {
        sameRows(30);
        Instance one = dual();
        for (long id : new long[] {1, 3, 4, 5, 6}) {
            one.orders.step(id);
        }
        scene.awaitClean();
        age(LONG_AGO, 1, 3, 4);
        one.orders.step(2);
        one.orders.step(3);
        one.orders.deleteById(4);
        one.orders.put(order(40));
        scene.awaitClean();
        // Order 20 nobody has written, and order 1 long ago.
        spoil(scene.next(), 1, 3, 5, 6, 20);
        execute(scene.next(), "DELETE FROM orders WHERE id = 40");
        execute(scene.next(), "INSERT INTO orders (id, number, status, steps) VALUES (4, 'n4', 'zombie', 1)");
        // A minute is added for transactions that take long to commit.
        age(HOUR.plus(Duration.ofMinutes(2)), 5);
        age(HOUR.plus(Duration.ofSeconds(15)), 6);

        ReconciliationReport report = completed(started(one));

        assertThat(report.counts()).isEqualTo(new Counts(5, 1, 1, 2, 0, 0, 0));
        assertThat(found(report))
                .isEqualTo(Map.of(
                        3L, Kind.DIFFERENT, 4L, Kind.MISSING_IN_LEGACY, 6L, Kind.DIFFERENT, 40L, Kind.MISSING_IN_NEW));
        assertThat(report.scope()).isEqualTo(Scope.writtenInTheLast(HOUR));
        assertThat(report.text()).contains("scope written PT1H, by");
        assertThat(one.service.migration.audit(20))
                .anyMatch(entry -> entry.outcome().contains("written PT1H"));
    }

    @Test
    void what_was_written_before_both_sides_were_is_not_passed_over() throws Exception {
        sameRows(3);
        Instance one = dual();
        one.moveTo(Stage.LEGACY_ONLY);
        one.orders.step(1);
        one.moveTo(Stage.LEGACY_PRIMARY);

        Reconciliation tooSoon = started(one);
        assertThat(tooSoon.awaitEnd(Scene.PATIENCE).state()).isEqualTo(RunState.FAILED);
        assertThat(tooSoon.report().orElseThrow().reason()).contains("has forgotten keys");

        enteredLongAgo();
        assertThat(completed(started(one)).verdict()).isEqualTo(Verdict.CLEAN);
    }

    @Test
    void after_the_primary_has_moved_a_key_counts_that_either_ledger_saw_change() throws Exception {
        sameRows(10);
        Instance one = dual();
        for (long order = 1; order <= 4; order++) {
            one.orders.step(order);
        }
        scene.awaitClean();
        Scene.declareCopied(one);
        one.moveTo(Stage.NEW_PRIMARY);
        age(scene.legacy(), LONG_AGO, 1, 3, 4);
        age(scene.next(), LONG_AGO, 2, 3, 4);
        one.orders.step(4);
        scene.awaitClean();
        spoil(scene.legacy(), 1, 2, 3, 4);

        ReconciliationReport report = completed(started(one));

        assertThat(report.counts()).isEqualTo(new Counts(3, 0, 0, 3, 0, 0, 0));
        assertThat(found(report)).containsOnlyKeys(1L, 2L, 4L);
    }

    @Test
    void another_instance_goes_on_after_the_last_page_of_a_killed_one() throws Exception {
        sameRows(600);
        Instance killed = dual();
        killed.orders.putAll(LongStream.rangeClosed(1, 600)
                .mapToObj(id -> new Order(id, "n" + id, "put", 2))
                .toList());
        scene.awaitClean();
        spoil(scene.next(), 5, 590);
        killed.onNew.atCommitOf("SET position_key", 1, Points.Moment.AFTER, killed::kill);
        started(killed);
        await().atMost(Scene.PATIENCE)
                .until(() -> number(scene.next(), "SELECT max(compared) FROM crossfade_consistency_audit") > 0);
        long before = number(scene.next(), "SELECT max(compared) FROM crossfade_consistency_audit");
        assertThat(before).isLessThan(600);
        Instance other = scene.start(scene.setup());
        Reconciliation goesOn = started(other);
        execute(scene.next(), "UPDATE crossfade_consistency_audit SET lease_until = '2001-01-01 00:00:00'");

        ReconciliationReport report = completed(goesOn);
        assertThat(report.counts()).isEqualTo(new Counts(600, 0, 0, 2, 0, 0, 0));
        assertThat(List.copyOf(found(report).keySet())).containsExactlyInAnyOrder(5L, 590L);
    }
}
