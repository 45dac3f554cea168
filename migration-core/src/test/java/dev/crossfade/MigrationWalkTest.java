package dev.crossfade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.crossfade.control.ManualControl;
import dev.crossfade.control.Stage;
import dev.crossfade.testing.FakeOrders;
import dev.crossfade.testing.Order;
import dev.crossfade.testing.Orders;
import dev.crossfade.testing.Patience;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MigrationWalkTest {
    private static final Operator ALICE = Operator.of("alice", "test");

    private final FakeOrders legacy = new FakeOrders(1);
    private final FakeOrders next = new FakeOrders(1_000);
    private final ManualControl control = ManualControl.create();
    private final Migration migration = Migration.of("orders")
            .between(Store.plain("legacy"), Store.plain("new"))
            .repository(
                    Orders.class,
                    r -> r.from(legacy).to(next).key(Order.class, Order::id).overwrite(Orders::put))
            .control(control)
            .startingAt(Stage.LEGACY_ONLY)
            .build();

    @AfterEach
    void close() {
        migration.close();
    }

    @Test
    void walks_through_every_stage_and_back_with_both_stores_equal() throws Exception {
        Orders orders = migration.start().repository(Orders.class);
        Order old = orders.create(new Order(null, 7, "new", null));
        assertThat(next.rows).isEmpty();

        assertThat(migration.moveTo(Stage.LEGACY_PRIMARY, ALICE).moved()).isTrue();
        Order dual = orders.create(new Order(null, 7, "new", "a note"));
        awaitClean();
        assertThat(next.rows).containsOnlyKeys(dual.id());

        assertThat(migration.check(Stage.NEW_PRIMARY, ALICE))
                .singleElement()
                .asString()
                .contains("have not crossed");
        CopyRun copy = migration.copy(Orders.class);
        copy.mark(List.of(1L, 2L));
        assertThat(copy.complete(ALICE, Patience.LIMIT)).isEmpty();
        assertThat(next.rows).isEqualTo(legacy.rows);

        control.readNewPercent(100);
        int readsOfLegacy = legacy.reads.get();
        assertThat(orders.findById(1L)).contains(old);
        assertThat(legacy.reads).hasValue(readsOfLegacy);

        assertThat(migration.moveTo(Stage.NEW_PRIMARY, ALICE).moved()).isTrue();
        Order born = orders.create(new Order(null, 8, "new", null));
        assertThat(born.id()).isEqualTo(1_000L);
        orders.changeStatus(1L, "paid");
        orders.deleteById(2L);
        awaitClean();
        assertThat(legacy.rows).isEqualTo(next.rows).containsOnlyKeys(1L, 1_000L);

        assertThat(migration.moveTo(Stage.LEGACY_PRIMARY, ALICE).moved()).isTrue();
        orders.changeStatus(1_000L, "paid");
        awaitClean();
        assertThat(next.rows).isEqualTo(legacy.rows);
        assertThat(migration.moveTo(Stage.NEW_PRIMARY, ALICE).moved()).isTrue();
        assertThat(migration.moveTo(Stage.NEW_ONLY, ALICE)).isInstanceOf(MoveResult.Refused.class);
        assertThat(migration
                        .moveTo(Stage.NEW_ONLY, ALICE.approvingPointOfNoReturn())
                        .moved())
                .isTrue();
        assertThat(migration.status().ledger().dirty()).isZero();
    }

    /** A refresh is done before the write returns only where that is quick enough. */
    private void awaitClean() {
        await().until(() -> migration.status().ledger().dirty() == 0);
    }
}
