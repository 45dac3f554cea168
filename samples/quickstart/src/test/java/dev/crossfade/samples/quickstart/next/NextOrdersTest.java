package dev.crossfade.samples.quickstart.next;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.samples.quickstart.domain.AbstractOrderRepositoryTest;
import dev.crossfade.samples.quickstart.domain.Order;
import dev.crossfade.samples.quickstart.domain.OrderRepository;
import dev.crossfade.samples.quickstart.domain.OrderStatus;
import dev.crossfade.samples.quickstart.h2.EmbeddedDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NextOrdersTest extends AbstractOrderRepositoryTest {
    private final EmbeddedDatabase database =
            EmbeddedDatabase.create("new" + System.nanoTime(), NextOrders.class, "schema.sql");
    private final AtomicLong ids = new AtomicLong(1_000_000);

    @Override
    protected OrderRepository open() {
        return new NextOrders(database.dataSource(), ids::incrementAndGet, CLOCK);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void overwriting_keeps_the_version_and_a_change_counts_it_up() {
        Order order = SEED.orders().get(0);
        orders.put(order);
        orders.changeNotes(order.id(), "one");
        orders.changeNotes(order.id(), "two");
        orders.put(order);
        orders.put(order);
        assertThat(text("SELECT version FROM orders")).isEqualTo("2");
    }

    @Test
    void history_grows_with_each_new_status_and_not_with_a_repeated_overwrite() {
        Order order = orders.create(newOrder(1));
        orders.put(order);
        orders.changeNotes(order.id(), "same status");
        Order shipped = orders.changeStatus(order.id(), OrderStatus.SHIPPED).orElseThrow();
        orders.put(shipped);
        orders.cancel(order.id());
        assertThat(text("SELECT LISTAGG(status, ' ') WITHIN GROUP (ORDER BY id) FROM order_status_history"))
                .isEqualTo("PLACED SHIPPED CANCELLED");
    }

    @Test
    void notes_with_a_nul_are_refused_until_they_are_cleaned() {
        Order order = orders.create(newOrder(1));
        assertThatThrownBy(() -> orders.put(order.withNotes("a\0b", order.updatedAt())))
                .hasMessageNotContaining("a\0b");
        assertThat(orders.findById(order.id())).contains(order);
        Order clean = order.withNotes("ab", order.updatedAt());
        orders.put(clean);
        assertThat(orders.findById(order.id())).contains(clean);
    }

    @Test
    void a_deleted_order_keeps_its_place_in_the_key_map() {
        Order order = orders.create(newOrder(1));
        String uuid = text("SELECT order_id FROM order_key_map");
        orders.deleteById(order.id());
        orders.put(order);
        assertThat(text("SELECT id FROM orders")).isEqualTo(uuid);
        assertThat(text("SELECT COUNT(*) FROM order_key_map")).isEqualTo("1");
    }

    private String text(String sql) {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
