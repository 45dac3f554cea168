package dev.crossfade.jdbc.findings;

import static dev.crossfade.jdbc.orders.OrdersMigration.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.crossfade.Discrepancies;
import dev.crossfade.compare.DifferenceClass;
import dev.crossfade.compare.FieldDifference;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.internal.sql.KeyCodec;
import dev.crossfade.jdbc.orders.Order;
import dev.crossfade.jdbc.orders.OrdersMigration;
import dev.crossfade.jdbc.testing.Pair;
import dev.crossfade.spi.Discrepancy;
import dev.crossfade.spi.DiscrepancySink.Summary;
import dev.crossfade.spi.EntityKey;
import java.util.List;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.junit.jupiter.api.Test;

/** With what does not depend on the engine. */
class DiscrepancyOnPostgresTest extends DiscrepancyContract {
    @Override
    Pair pair() {
        return Pair.POSTGRES;
    }

    @Test
    void what_was_mended_elsewhere_is_resolved_by_another_look_and_repairs_nothing() throws Exception {
        try (OrdersMigration a = instance();
                OrdersMigration b = instance()) {
            Order order = copied(a);
            spoil("UPDATE orders SET status = 'spoilt' WHERE id = ?", order.id());
            Discrepancy one = found(a, b, order.id());
            assertThat(b.migration.discrepancies().recheck(List.of(one), ALICE))
                    .isEqualTo(new Discrepancies.Outcome(0, 0, 1, 0, null));

            spoil("UPDATE orders SET status = 'open' WHERE id = ?", order.id());
            assertThat(b.migration.discrepancies().repair(List.of(one), ALICE))
                    .isEqualTo(new Discrepancies.Outcome(1, 0, 0, 0, null));
            assertThat(b.migration.discrepancies().summary()).isEqualTo(new Summary(0, 0, 0));
        }
    }

    @Test
    void a_later_write_that_crosses_resolves_it_by_itself() throws Exception {
        try (OrdersMigration a = instance();
                OrdersMigration b = instance()) {
            Order order = copied(a);
            spoil("UPDATE orders SET status = 'spoilt' WHERE id = ?", order.id());
            found(a, b, order.id());
            b.orders.put(order.with("paid"));
            awaitNoneOpen(b);
            assertThat(b.newOrders.findById(order.id())).contains(order.with("paid"));
        }
    }

    @Test
    void a_table_that_cannot_be_written_fails_no_read_and_is_told_until_it_can() throws Exception {
        try (OrdersMigration a = instance();
                OrdersMigration b = instance()) {
            Order order = copied(a);
            spoil("UPDATE orders SET status = 'spoilt' WHERE id = ?", order.id());
            rename("crossfade_discrepancy", "away");
            a.control.shadowPercent(100);
            await().atMost(LONG).until(() -> {
                assertThat(a.orders.findById(order.id())).contains(order);
                return meters.find("crossfade.discrepancy").tag("outcome", "failed").functionCounters().stream()
                        .anyMatch(counter -> counter.count() > 0);
            });
            a.control.shadowPercent(0);
            await().atMost(LONG).until(() -> b.migration.status().stage() == Stage.LEGACY_PRIMARY);
            assertThat(b.migration.check(Stage.NEW_PRIMARY, ALICE))
                    .contains("the discrepancies cannot be counted; wait until both databases answer");

            rename("away", "crossfade_discrepancy");
            await().atMost(LONG)
                    .until(() -> b.migration.discrepancies().summary().open() == 1);
        }
    }

    @Test
    void what_finds_no_room_beside_many_others_keeps_the_primary_when_those_are_gone() throws Exception {
        try (OrdersMigration a = instance();
                SinkOf sink = new SinkOf(databases)) {
            Order order = copied(a);
            fill(10_000);
            sink.record(new FieldDifference("status", DifferenceClass.VALUE, null, null), order.id());
            assertThat(a.migration.discrepancies().summary()).isEqualTo(new Summary(10_000, 0, 1));

            in(databases.legacy())
                    .useHandle(handle -> handle.execute("DELETE FROM crossfade_discrepancy WHERE entity = 'Order'"));
            assertThat(a.migration.check(Stage.NEW_PRIMARY, ALICE))
                    .anyMatch(reason -> reason.startsWith("1 more were found than there was room for"));
            a.migration.discrepancies().forgetUnrecorded(ALICE);
            assertThat(a.migration.check(Stage.NEW_PRIMARY, ALICE)).isEmpty();
        }
    }

    private void rename(String from, String to) {
        in(databases.legacy()).useHandle(handle -> handle.execute("ALTER TABLE " + from + " RENAME TO " + to));
    }

    private void fill(int rows) {
        in(databases.legacy()).useTransaction(handle -> {
            try (PreparedBatch batch = handle.prepareBatch("INSERT INTO crossfade_discrepancy (migration, side, entity,"
                    + " entity_key, kind, fields, found_by, epoch, generation, counter, times, first_seen, last_seen,"
                    + " state) VALUES ('orders', 'L', 'Order', :key, 'MISSING_IN_NEW', '', 'test', 1, 1, 0, 1,"
                    + " CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, 'OPEN')")) {
                for (int i = 0; i < rows; i++) {
                    batch.bind("key", KeyCodec.standard().encode(new EntityKey("Order", 1_000_000L + i)))
                            .add();
                }
                batch.execute();
            }
        });
    }
}
