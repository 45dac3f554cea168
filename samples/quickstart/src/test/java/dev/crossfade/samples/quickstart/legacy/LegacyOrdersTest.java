package dev.crossfade.samples.quickstart.legacy;

import static java.time.temporal.ChronoUnit.MICROS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.samples.quickstart.domain.AbstractOrderRepositoryTest;
import dev.crossfade.samples.quickstart.domain.Address;
import dev.crossfade.samples.quickstart.domain.Customer;
import dev.crossfade.samples.quickstart.domain.NewOrder;
import dev.crossfade.samples.quickstart.domain.Order;
import dev.crossfade.samples.quickstart.domain.OrderRepository;
import dev.crossfade.samples.quickstart.h2.EmbeddedDatabase;
import dev.crossfade.samples.quickstart.seed.LegacySeeder;
import dev.crossfade.samples.quickstart.seed.SeedData;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LegacyOrdersTest extends AbstractOrderRepositoryTest {
    private final EmbeddedDatabase database =
            EmbeddedDatabase.create("legacy" + System.nanoTime(), LegacyOrders.class, "schema.sql");

    @Override
    protected OrderRepository open() {
        LegacySeeder.seed(database.dataSource(), new SeedData(SEED.customers(), List.of()));
        return new LegacyOrders(database.dataSource(), CLOCK);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void overwriting_reuses_the_addresses_of_the_user_and_the_rows_of_the_items() {
        orders.putAll(SEED.orders());
        long addresses = count("SELECT COUNT(*) FROM addresses");
        long lastItem = count("SELECT MAX(id) FROM order_items");
        orders.putAll(SEED.orders());
        assertThat(count("SELECT COUNT(*) FROM addresses")).isEqualTo(addresses);
        assertThat(count("SELECT MAX(id) FROM order_items")).isEqualTo(lastItem);
    }

    @Test
    void overwriting_with_an_address_that_the_user_does_not_have_yet_inserts_it_for_that_user() {
        Order order = SEED.orders().get(0);
        Address moved = new Address("n", "l", null, "c", null, null, "NO");
        orders.put(withShipping(order, moved));
        assertThat(orders.findById(order.id()).orElseThrow().shippingAddress()).isEqualTo(moved);
        assertThat(count("SELECT user_id FROM addresses WHERE country = 'NO'"))
                .isEqualTo(order.customer().id());
    }

    @Test
    void a_customer_who_is_no_user_is_refused() {
        NewOrder stranger = withCustomer(newOrder(1), new Customer(999_999, "e", "n", null));
        assertThatThrownBy(() -> orders.put(stranger.placed(1, CLOCK.instant().truncatedTo(MICROS))));
        assertThat(orders.findById(1)).isEmpty();
    }

    @Test
    void ids_of_reserved_blocks_and_of_inserts_never_meet() {
        LegacyIdBlocks blocks = new LegacyIdBlocks(database.dataSource(), 10, Runnable::run);
        for (int i = 0; i < 200; i++) {
            if (i % 3 == 0) {
                orders.create(newOrder(i));
            } else {
                orders.put(
                        newOrder(i).placed(blocks.getAsLong(), CLOCK.instant().truncatedTo(MICROS)));
            }
        }
        assertThat(count("SELECT COUNT(*) FROM orders")).isEqualTo(200);
    }

    @Test
    void a_reserved_block_serves_while_the_legacy_database_is_away() {
        LegacyIdBlocks blocks = new LegacyIdBlocks(database.dataSource(), 10, refill -> {});
        blocks.reserveBlock();
        long[] ids = LongStream.generate(blocks).limit(10).toArray();
        assertThat(ids).doesNotHaveDuplicates();
    }

    private static NewOrder withCustomer(NewOrder order, Customer customer) {
        return new NewOrder(
                order.orderNumber(),
                customer,
                order.shippingAddress(),
                order.billingAddress(),
                order.amounts(),
                order.payment(),
                order.notes(),
                order.items());
    }

    private static Order withShipping(Order order, Address address) {
        return new Order(
                order.id(),
                order.orderNumber(),
                order.customer(),
                address,
                order.billingAddress(),
                order.status(),
                order.amounts(),
                order.payment(),
                order.notes(),
                order.createdAt(),
                order.updatedAt(),
                order.items());
    }

    private long count(String sql) {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
