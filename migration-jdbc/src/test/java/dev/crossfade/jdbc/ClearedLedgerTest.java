package dev.crossfade.jdbc;

import static dev.crossfade.jdbc.orders.OrdersMigration.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.orders.Order;
import dev.crossfade.jdbc.orders.OrdersMigration;
import dev.crossfade.jdbc.testing.HookedPool;
import dev.crossfade.jdbc.testing.Pair;
import dev.crossfade.jdbc.testing.TestDatabases;
import dev.crossfade.spi.Coordination;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.Ledger;
import dev.crossfade.spi.Platform;
import dev.crossfade.testing.Moves;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

/** A move forgets what this process knows to be dirty before it is certain that it will not be given up. */
class ClearedLedgerTest {
    @Test
    void after_the_memory_was_cleared_every_key_may_be_dirty_until_they_have_been_brought_in_again() {
        TestDatabases databases = Pair.H2.open();
        OrdersMigration.createTables(databases);
        Jdbi.create(databases.next().dataSource())
                .useHandle(handle -> handle.execute("ALTER TABLE orders ADD CONSTRAINT few_steps CHECK (steps < 100)"));
        try (OrdersMigration service = new OrdersMigration(databases).start()) {
            Moves.move(service.migration, Stage.LEGACY_PRIMARY, ALICE);
            service.orders.put(new Order(1, "n1", "open", 100));
            Coordination coordination = another(databases, databases.legacy().dataSource());
            coordination.start();
            Ledger ledger = coordination.ledger();
            ledger.clear(coordination.fence().view().generation());
            assertThat(ledger.isDirty(new EntityKey("Order", 1L))).isTrue();
            assertThat(ledger.dirtyCount()).isPositive();
            coordination.close();
        } finally {
            databases.close();
        }
    }

    @Test
    void who_waits_for_the_memory_to_be_complete_again_is_told() throws Exception {
        TestDatabases databases = Pair.H2.open();
        OrdersMigration.createTables(databases);
        HookedPool legacy = new HookedPool(databases.legacy().dataSource());
        CountDownLatch someoneWaits = new CountDownLatch(1);
        try (OrdersMigration service = new OrdersMigration(databases).start()) {
            Moves.move(service.migration, Stage.LEGACY_PRIMARY, ALICE);
            Coordination coordination = another(databases, legacy.dataSource());
            coordination.start();
            Ledger ledger = coordination.ledger();
            legacy.before("ORDER BY l.pending_since LIMIT ?", () -> pass(someoneWaits));
            ledger.clear(coordination.fence().view().generation());

            CompletableFuture<Boolean> drained = CompletableFuture.supplyAsync(() -> drained(ledger, someoneWaits));
            assertThat(drained.get(20, TimeUnit.SECONDS)).isTrue();
            coordination.close();
        } finally {
            databases.close();
        }
    }

    private static boolean drained(Ledger ledger, CountDownLatch someoneWaits) {
        try {
            return ledger.progress()
                    .await(
                            () -> {
                                boolean isDrained = ledger.isDrained();
                                someoneWaits.countDown();
                                return isDrained;
                            },
                            Duration.ofHours(1));
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private static void pass(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private static Coordination another(TestDatabases databases, DataSource legacy) {
        return JdbcCoordination.between(
                        Database.of("legacy", legacy),
                        Database.of("next", databases.next().dataSource()))
                .create(new Coordination.Setup(
                        OrdersMigration.NAME,
                        List.of(new Coordination.Entity("Order", false, false)),
                        Platform.system(),
                        10,
                        1_000));
    }
}
