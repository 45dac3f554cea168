package dev.crossfade.jdbc.findings;

import static dev.crossfade.jdbc.orders.OrdersMigration.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.crossfade.AuditEntry;
import dev.crossfade.CopyRun;
import dev.crossfade.Discrepancies;
import dev.crossfade.MigrationException;
import dev.crossfade.MoveResult;
import dev.crossfade.RepairOptions;
import dev.crossfade.compare.DifferenceClass;
import dev.crossfade.compare.FieldDifference;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.orders.Order;
import dev.crossfade.jdbc.orders.Orders;
import dev.crossfade.jdbc.orders.OrdersMigration;
import dev.crossfade.jdbc.testing.HookedPool;
import dev.crossfade.jdbc.testing.Pair;
import dev.crossfade.jdbc.testing.TestDatabase;
import dev.crossfade.jdbc.testing.TestDatabases;
import dev.crossfade.spi.Discrepancy;
import dev.crossfade.spi.Discrepancy.Kind;
import dev.crossfade.spi.Discrepancy.State;
import dev.crossfade.spi.DiscrepancySink.Summary;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.testing.Moves;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What one instance finds to differ keeps every instance from moving the primary, until it is settled. */
abstract class DiscrepancyContract {
    static final Duration LONG = Duration.ofSeconds(60);

    TestDatabases databases;
    SimpleMeterRegistry meters;

    abstract Pair pair();

    @BeforeEach
    void open() {
        databases = pair().open();
        meters = new SimpleMeterRegistry();
        OrdersMigration.createTables(databases);
    }

    @AfterEach
    void close() {
        databases.close();
    }

    OrdersMigration instance() {
        return new OrdersMigration(
                        databases,
                        builder -> builder.meters(meters)
                                .shadowReads(s -> s.deadline(LONG).window(Duration.ofSeconds(1))))
                .start();
    }

    static Jdbi in(TestDatabase database) {
        return Jdbi.create(database.dataSource());
    }

    static Order copied(OrdersMigration service) throws InterruptedException {
        moved(service, Stage.LEGACY_PRIMARY);
        Order order = service.orders.insert(new Order(0, "secret-number", "open", 1));
        CopyRun copy = service.migration.copy(Orders.class);
        copy.mark(List.of(order.id()));
        assertThat(copy.complete(ALICE, LONG)).isEmpty();
        return order;
    }

    static void moved(OrdersMigration service, Stage to) {
        Moves.move(service.migration, to, ALICE);
    }

    /** Reads the key with shadow reads on until another instance sees it among the open ones. */
    static Discrepancy found(OrdersMigration finder, OrdersMigration other, long id) {
        await().atMost(LONG)
                .until(() -> other.migration.status().epoch()
                        == finder.migration.status().epoch());
        finder.control.shadowPercent(100);
        await().atMost(LONG).until(() -> {
            finder.orders.findById(id);
            return other.migration.discrepancies().open(10).stream()
                    .anyMatch(one -> one.key().key().equals(id));
        });
        finder.control.shadowPercent(0);
        return other.migration.discrepancies().open(10).stream()
                .filter(one -> one.key().key().equals(id))
                .findFirst()
                .orElseThrow();
    }

    static void awaitNoneOpen(OrdersMigration service) {
        await().atMost(LONG)
                .until(() -> service.migration.discrepancies().open(10).isEmpty());
    }

    void spoil(String sql, Object... values) {
        in(databases.next()).useHandle(handle -> handle.execute(sql, values));
    }

    @Test
    void what_one_instance_finds_keeps_the_other_from_moving_until_it_is_repaired() throws Exception {
        try (OrdersMigration a = instance();
                OrdersMigration b = instance()) {
            Order order = copied(a);
            spoil("UPDATE orders SET status = 'secret-status' WHERE id = ?", order.id());

            Discrepancy one = found(a, b, order.id());
            assertThat(one.key()).isEqualTo(new EntityKey("Order", order.id()));
            assertThat(one.kind()).isEqualTo(Kind.DIFFERENT);
            assertThat(one.finding().fields())
                    .containsExactly(new FieldDifference("status", DifferenceClass.VALUE, null, null));
            assertThat(one.finding().foundBy()).isEqualTo("shadow read findById");
            assertThat(one.finding().version().counter()).isPositive();
            assertThat(one.toString()).doesNotContain("secret");

            MoveResult refused = b.migration.moveTo(Stage.NEW_PRIMARY, ALICE);
            assertThat(refused)
                    .isInstanceOfSatisfying(
                            MoveResult.Refused.class,
                            result -> assertThat(result.reasons())
                                    .anyMatch(reason -> reason.startsWith("1 discrepancies are open")));

            assertThat(b.migration.discrepancies().repair(List.of(one), ALICE))
                    .isEqualTo(new Discrepancies.Outcome(0, 1, 0, 0, null));
            awaitNoneOpen(b);
            assertThat(b.newOrders.findById(order.id())).contains(order);
            assertThat(b.migration.discrepancies().list(State.RESOLVED, 10)).hasSize(1);
            // That the rows were copied, it hears within a second.
            await().atMost(LONG)
                    .until(() -> b.migration.check(Stage.NEW_PRIMARY, ALICE).isEmpty());
            moved(b, Stage.NEW_PRIMARY);
            assertThat(b.migration.audit(20)).extracting(AuditEntry::what).contains("repair");
            assertNoValuesIn(databases.legacy());
            assertNoValuesIn(databases.next());
        }
    }

    private static void assertNoValuesIn(TestDatabase database) {
        for (String table : List.of("crossfade_discrepancy", "crossfade_audit")) {
            List<String> dump = in(database)
                    .withHandle(handle -> handle.createQuery("SELECT * FROM " + table).mapToMap().list().stream()
                            .map(row -> row.values().stream()
                                    .map(value -> value instanceof byte[] ? "" : String.valueOf(value))
                                    .toList()
                                    .toString())
                            .toList());
            assertThat(dump).noneMatch(row -> row.contains("secret"));
        }
    }

    @Test
    void a_row_that_is_missing_is_brought_back_and_one_too_many_is_deleted_only_on_demand() throws Exception {
        try (OrdersMigration a = instance();
                OrdersMigration b = instance()) {
            Order order = copied(a);
            spoil("DELETE FROM orders WHERE id = ?", order.id());
            spoil("INSERT INTO orders (id, number, status, steps) VALUES (4711, 'extra', 'open', 1)");

            Discrepancy missing = found(a, b, order.id());
            Discrepancy extra = found(a, b, 4711);
            assertThat(missing.kind()).isEqualTo(Kind.MISSING_IN_NEW);
            assertThat(extra.kind()).isEqualTo(Kind.MISSING_IN_LEGACY);

            assertThat(b.migration.discrepancies().repair(List.of(missing, extra), ALICE))
                    .isEqualTo(new Discrepancies.Outcome(0, 1, 1, 0, null));
            await().atMost(LONG)
                    .until(() -> b.migration.discrepancies().open(10).size() == 1);
            assertThat(b.newOrders.findById(order.id())).contains(order);
            assertThat(b.newOrders.findById(4711)).isPresent();

            assertThat(b.migration
                            .discrepancies()
                            .repair(List.of(extra), RepairOptions.DEFAULT.withMaxDeletes(1), ALICE))
                    .isEqualTo(new Discrepancies.Outcome(0, 1, 0, 0, null));
            awaitNoneOpen(b);
            assertThat(b.newOrders.findById(4711)).isEmpty();
        }
    }

    @Test
    void a_record_holds_what_the_rules_allow_and_what_finds_no_room_is_counted() throws Exception {
        try (OrdersMigration a = instance()) {
            Order order = copied(a);
            FieldDifference shown = new FieldDifference("status", DifferenceClass.VALUE, "op\\en\t*\n", null);
            try (SinkOf sink = new SinkOf(databases)) {
                sink.record(shown, order.id());
                sink.record(shown, order.id());
                sink.withoutRoom(2);
                sink.withoutRoom(1);
            }

            assertThat(a.migration.discrepancies().summary()).isEqualTo(new Summary(1, 0, 3));
            Discrepancy one = a.migration.discrepancies().open(1).get(0);
            assertThat(one.finding().fields()).containsExactly(shown);
            assertThat(one.finding().times()).isEqualTo(2);
            assertThat(a.migration.check(Stage.NEW_PRIMARY, ALICE))
                    .anyMatch(reason -> reason.startsWith("3 more were found than there was room for"));
            a.migration.discrepancies().forgetUnrecorded(ALICE);
            assertThat(a.migration.discrepancies().summary()).isEqualTo(new Summary(1, 0, 0));
        }
    }

    @Test
    void what_was_accepted_lets_the_primary_move_there_and_back_until_the_key_is_written_again() throws Exception {
        try (OrdersMigration a = instance();
                SinkOf sink = new SinkOf(databases)) {
            Order order = copied(a);
            FieldDifference status = new FieldDifference("status", DifferenceClass.VALUE, null, null);
            sink.record(status, order.id());
            Discrepancy one = a.migration.discrepancies().open(1).get(0);
            assertThat(a.migration.discrepancies().accept(List.of(one), ALICE)).isOne();
            assertThat(a.migration.discrepancies().accept(List.of(one), ALICE)).isZero();

            moved(a, Stage.NEW_PRIMARY);
            sink.awaitEpoch(a);
            sink.record(one.finding());
            assertThat(a.migration.discrepancies().summary()).isEqualTo(new Summary(0, 1, 0));
            moved(a, Stage.LEGACY_PRIMARY);
            sink.awaitEpoch(a);
            sink.record(one.finding());
            assertThat(a.migration.discrepancies().summary()).isEqualTo(new Summary(0, 1, 0));
            assertThat(a.migration
                            .discrepancies()
                            .list(State.ACCEPTED, 2)
                            .get(0)
                            .finding()
                            .times())
                    .isEqualTo(2);

            a.orders.put(order.with("paid"));
            await().atMost(LONG).until(() -> a.migration.status().ledger().dirty() == 0);
            sink.record(status, order.id());
            assertThat(a.migration.discrepancies().summary()).isEqualTo(new Summary(1, 0, 0));
        }
    }

    @Test
    void a_finding_between_the_check_of_a_move_and_its_release_is_refused_until_the_primary_has_moved()
            throws Exception {
        HookedPool onNew = new HookedPool(databases.next().dataSource());
        try (OrdersMigration a = new OrdersMigration(
                                databases.legacy(),
                                databases.legacy().dataSource(),
                                databases.next(),
                                onNew.dataSource(),
                                UnaryOperator.identity())
                        .start();
                SinkOf sink = new SinkOf(databases)) {
            Order order = copied(a);
            sink.withoutRoom(0);
            sink.awaitEpoch(a);
            FieldDifference status = new FieldDifference("status", DifferenceClass.VALUE, null, null);
            AtomicReference<Throwable> refusal = new AtomicReference<>();
            // Ids are aligned once nothing is dirty and no discrepancy is open.
            onNew.before("MAX(id)", () -> refusal.set(catchThrowable(() -> sink.record(status, order.id()))));
            moved(a, Stage.NEW_PRIMARY);
            assertThat(refusal.get())
                    .isInstanceOf(MigrationException.class)
                    .hasMessageContaining("Nothing was recorded");
            assertThat(a.migration.discrepancies().summary()).isEqualTo(new Summary(0, 0, 0));

            sink.awaitEpoch(a);
            sink.record(status, order.id());
            assertThat(a.migration.discrepancies().summary()).isEqualTo(new Summary(1, 0, 0));
        }
    }

    @Test
    void a_key_that_was_discarded_keeps_its_discrepancy_until_a_later_write_crosses() throws Exception {
        spoil("ALTER TABLE orders ADD CONSTRAINT few_steps CHECK (steps < 100)");
        try (OrdersMigration a =
                        new OrdersMigration(databases, builder -> builder.relay(r -> r.maxAttempts(1))).start();
                SinkOf sink = new SinkOf(databases)) {
            Order order = copied(a);
            sink.record(new FieldDifference("status", DifferenceClass.VALUE, null, null), order.id());
            a.orders.put(new Order(order.id(), "secret-number", "paid", 100));
            await().atMost(LONG).until(() -> a.migration.parkedKeys().list(2).size() == 1);

            assertThat(a.migration.parkedKeys().discardAll(ALICE)).hasSize(1);
            assertThat(a.migration.discrepancies().summary()).isEqualTo(new Summary(1, 0, 0));

            a.orders.put(order.with("paid"));
            awaitNoneOpen(a);
        }
    }
}
