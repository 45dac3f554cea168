package dev.crossfade.jdbc;

import static dev.crossfade.jdbc.orders.OrdersMigration.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.crossfade.CopyRun;
import dev.crossfade.MigrationException;
import dev.crossfade.RetryableWriteException;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.orders.Order;
import dev.crossfade.jdbc.orders.Orders;
import dev.crossfade.jdbc.orders.OrdersMigration;
import dev.crossfade.jdbc.testing.HookedPool;
import dev.crossfade.jdbc.testing.Pair;
import dev.crossfade.jdbc.testing.TestDatabases;
import dev.crossfade.testing.Moves;
import dev.crossfade.testing.Patience;
import java.sql.SQLNonTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows that are born on the new side get legacy ids that legacy never gives to another row. */
abstract class IdBlocksContract {
    private static final int SIZE = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<Long> given = new ArrayList<>();
    private TestDatabases databases;

    abstract Pair pair();

    @BeforeEach
    void open() {
        databases = pair().open();
        OrdersMigration.createTables(databases);
    }

    @AfterEach
    void close() {
        databases.close();
    }

    private OrdersMigration start(IdBlocks blocks) {
        return OrdersMigration.coordinated(
                        databases, databases.legacy().dataSource(), coordination -> coordination.idBlocks(blocks))
                .start();
    }

    private static void move(OrdersMigration service, Stage to) {
        Moves.move(service.migration, to, ALICE);
    }

    /** An order that legacy numbers. */
    private void insert(OrdersMigration service) {
        given.add(service.orders
                .insert(new Order(0, "order " + given.size(), "open", 1))
                .id());
    }

    /** An order that is born on the new side. */
    private void bear(OrdersMigration service, IdBlocks blocks) {
        long id = blocks.next();
        service.orders.put(new Order(id, "order " + given.size(), "open", 1));
        given.add(id);
    }

    @Test
    void no_id_is_given_out_twice_there_and_back_and_there_again() throws Exception {
        IdBlocks blocks = IdBlocks.of("orders", "id").size(SIZE);
        IdBlocks ofOther = IdBlocks.of("orders", "id").size(SIZE);
        try (OrdersMigration service = start(blocks);
                OrdersMigration other = start(ofOther)) {
            insert(service);
            insert(service);
            // An id that was given and whose row is gone stays given.
            service.orders.deleteById(given.get(1));
            move(service, Stage.LEGACY_PRIMARY);
            insert(service);
            CopyRun copy = service.migration.copy(Orders.class);
            copy.mark(given);
            assertThat(copy.complete(ALICE, Patience.LIMIT)).isEmpty();

            move(service, Stage.NEW_PRIMARY);
            for (int i = 0; i < SIZE + 1; i++) {
                bear(service, blocks);
                bear(other, ofOther);
            }
            move(service, Stage.LEGACY_PRIMARY);
            insert(service);
            insert(service);
            move(service, Stage.NEW_PRIMARY);
            for (int i = 0; i < SIZE + 1; i++) {
                bear(service, blocks);
                bear(other, ofOther);
            }
            move(service, Stage.LEGACY_PRIMARY);
            insert(service);
            assertThat(given).doesNotHaveDuplicates().isNotEmpty();
        }
    }

    @Test
    void no_block_is_taken_once_a_handover_has_asked_how_far_they_reach_nor_before_the_next_one() throws Exception {
        IdBlocks blocks = IdBlocks.of("orders", "id").size(SIZE);
        IdBlocks untouched = IdBlocks.of("orders", "id").size(SIZE);
        HookedPool onLegacy = new HookedPool(databases.legacy().dataSource());
        try (OrdersMigration service = OrdersMigration.coordinated(
                        databases,
                        onLegacy.dataSource(),
                        coordination -> coordination.idBlocks(blocks).idBlocks(untouched))
                .start()) {
            insert(service);
            move(service, Stage.LEGACY_PRIMARY);
            CopyRun copy = service.migration.copy(Orders.class);
            copy.mark(given);
            assertThat(copy.complete(ALICE, Patience.LIMIT)).isEmpty();
            move(service, Stage.NEW_PRIMARY);
            bear(service, blocks);

            AtomicReference<Throwable> refusal = new AtomicReference<>();
            // Legacy's generator has been moved beyond every block, and legacy is about to be prepared.
            onLegacy.before(
                    "UPDATE crossfade_fence",
                    () -> refusal.set(CompletableFuture.supplyAsync(untouched::next)
                            .handle((id, refused) -> refused instanceof CompletionException wrapped
                                    ? wrapped.getCause()
                                    : new AssertionError("an id was given"))
                            .join()));
            move(service, Stage.LEGACY_PRIMARY);
            assertThat(refusal.get()).isInstanceOf(RetryableWriteException.class);
            assertThatThrownBy(blocks::next)
                    .as("ids of the block are left")
                    .isInstanceOf(RetryableWriteException.class);
            insert(service);

            move(service, Stage.NEW_PRIMARY);
            bear(service, untouched);
            bear(service, blocks);
            assertThat(given).doesNotHaveDuplicates();
        }
    }

    @Test
    void of_a_block_whose_taking_was_not_confirmed_no_id_is_given_and_the_next_block_begins_after_it()
            throws Exception {
        IdBlocks blocks = IdBlocks.of("orders", "id").size(SIZE);
        HookedPool onNew = new HookedPool(databases.next().dataSource());
        try (OrdersMigration service = OrdersMigration.coordinated(
                        databases,
                        databases.legacy().dataSource(),
                        onNew.dataSource(),
                        coordination -> coordination.idBlocks(blocks))
                .start()) {
            insert(service);
            move(service, Stage.LEGACY_PRIMARY);
            CopyRun copy = service.migration.copy(Orders.class);
            copy.mark(given);
            assertThat(copy.complete(ALICE, Patience.LIMIT)).isEmpty();
            move(service, Stage.NEW_PRIMARY);
            bear(service, blocks);

            onNew.before(
                    "UPDATE crossfade_id_block",
                    () -> onNew.afterCommit(() -> {
                        throw new SQLNonTransientConnectionException("simulated", "08006");
                    }));
            bear(service, blocks);
            bear(service, blocks);
            assertThatThrownBy(blocks::next)
                    .isInstanceOf(MigrationException.class)
                    .hasMessageContaining("No id was given");
            // The hook has failed outside of the pool, which lends the connection once more before it has rested.
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofSeconds(1))
                    .ignoreExceptions()
                    .untilAsserted(() -> bear(service, blocks));

            assertThat(given.get(given.size() - 1))
                    .as("the block that may have been taken is left out")
                    .isEqualTo(given.get(given.size() - 2) + SIZE + 1);
        }
    }

    @Test
    void before_the_new_side_has_been_primary_no_id_is_given() {
        IdBlocks blocks = IdBlocks.of("orders", "id");
        assertThatThrownBy(blocks::next).isInstanceOf(IllegalStateException.class);
        try (OrdersMigration service = start(blocks)) {
            move(service, Stage.LEGACY_PRIMARY);
            assertThatThrownBy(blocks::next)
                    .isInstanceOf(MigrationException.class)
                    .hasMessageContaining("No id was given");
        }
    }
}
