package dev.crossfade.jdbc.faults;

import static dev.crossfade.jdbc.faults.Scene.execute;
import static dev.crossfade.jdbc.faults.Scene.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.crossfade.jdbc.orders.Order;
import dev.crossfade.jdbc.orders.OrdersMigration;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.ParkedKey;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rows that are in each other's way on the secondary, because one holds what must be unique for another. */
abstract class UniqueSwapContract extends FaultContract {
    private static Order numbered(long id, String number) {
        return new Order(id, number, "open", 1);
    }

    @Test
    void two_orders_that_swap_their_numbers_become_equal_and_no_other_row_is_touched() {
        Instance service = scene.startDual();
        service.orders.putAll(List.of(numbered(1, "a"), numbered(2, "b"), numbered(3, "c")));
        scene.awaitClean();
        // Nobody's key is dirty here: a row that the migration did not write has to stay.
        execute(scene.next(), "INSERT INTO orders (id, number, status, steps) VALUES (99, 'foreign', 'open', 1)");

        rotate(service, "b", "a");

        scene.awaitClean();
        assertThat(rows(scene.next())).contains(numbered(99, "foreign"));
        execute(scene.next(), "DELETE FROM orders WHERE id = 99");
        scene.endsWith(numbered(1, "b"), numbered(2, "a"), numbered(3, "c"));
    }

    @Test
    void many_orders_whose_numbers_go_round_in_a_circle_become_equal_in_small_batches() {
        Instance service = scene.startDual(scene.setup().change(builder -> builder.relay(r -> r.batchSize(2))));
        List<Order> before = new ArrayList<>();
        List<Order> after = new ArrayList<>();
        String[] numbers = new String[12];
        for (int i = 0; i < 12; i++) {
            before.add(numbered(i + 1, "n" + i));
            numbers[i] = "n" + (i + 1) % 12;
            after.add(numbered(i + 1, numbers[i]));
        }
        service.orders.putAll(before);
        scene.awaitClean();

        rotate(service, numbers);

        scene.endsWith(after.toArray(Order[]::new));
    }

    @Test
    void a_number_that_a_deleted_order_left_to_another_is_taken_over_at_once() {
        Instance service = scene.startDual();
        service.orders.putAll(List.of(numbered(1, "a"), numbered(2, "b")));
        scene.awaitClean();

        service.service.migration.inTransaction(() -> {
            service.orders.deleteById(1);
            service.orders.put(numbered(2, "a"));
        });

        scene.endsWith(numbered(2, "a"));
    }

    @Test
    void a_number_that_a_foreign_row_holds_parks_the_order_and_the_foreign_row_stays() {
        Instance service = scene.startDual(scene.setup().change(builder -> builder.relay(r -> r.maxAttempts(3))));
        service.orders.put(numbered(2, "b"));
        scene.awaitClean();
        execute(scene.next(), "INSERT INTO orders (id, number, status, steps) VALUES (99, 'a', 'open', 1)");

        service.orders.put(numbered(1, "a"));
        service.orders.put(numbered(2, "c"));

        await().atMost(Scene.PATIENCE).until(() -> parked(service).equals(List.of(key(1))));
        assertThat(rows(scene.next())).containsExactly(numbered(2, "c"), numbered(99, "a"));
        execute(scene.next(), "DELETE FROM orders WHERE id = 99");
        service.service.migration.parkedKeys().retryAll(OrdersMigration.ALICE);
        scene.endsWith(numbered(1, "a"), numbered(2, "c"));
    }

    @Test
    void nothing_is_replaced_where_a_delete_would_reach_other_tables() {
        execute(
                scene.next(),
                "CREATE TABLE note (id BIGINT PRIMARY KEY, order_id BIGINT NOT NULL,"
                        + " FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE)");
        Instance service = scene.startDual(scene.setup().change(builder -> builder.relay(r -> r.maxAttempts(3))));
        service.orders.putAll(List.of(numbered(1, "a"), numbered(2, "b")));
        scene.awaitClean();
        execute(scene.next(), "INSERT INTO note (id, order_id) VALUES (1, 1)");

        rotate(service, "b", "a");

        await().atMost(Scene.PATIENCE).until(() -> parked(service).size() == 2);
        assertThat(Scene.number(scene.next(), "SELECT count(*) FROM note")).isEqualTo(1);
        execute(scene.next(), "DROP TABLE note");
        service.service.migration.parkedKeys().retryAll(OrdersMigration.ALICE);
        scene.endsWith(numbered(1, "b"), numbered(2, "a"));
    }

    private static List<EntityKey> parked(Instance service) {
        return service.service.migration.parkedKeys().list(10).stream()
                .map(ParkedKey::key)
                .toList();
    }

    private static EntityKey key(long id) {
        return new EntityKey("Order", id);
    }

    /** Gives the orders from the first on these numbers, in one transaction, by way of none. */
    private static void rotate(Instance service, String... numbers) {
        service.service.migration.inTransaction(() -> {
            for (int i = 0; i < numbers.length; i++) {
                service.orders.put(new Order(i + 1, null, "open", 1));
            }
            for (int i = 0; i < numbers.length; i++) {
                service.orders.put(numbered(i + 1, numbers[i]));
            }
        });
    }
}
