package dev.crossfade.samples.quickstart.seed;

import dev.crossfade.samples.quickstart.domain.Address;
import dev.crossfade.samples.quickstart.domain.Customer;
import dev.crossfade.samples.quickstart.domain.Order;
import dev.crossfade.samples.quickstart.domain.OrderItem;
import dev.crossfade.samples.quickstart.legacy.LegacyCodes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Fills an empty legacy database in one transaction, by plain JDBC in batches. */
public final class LegacySeeder {
    private static final int BATCH = 1_000;

    private final Connection connection;
    private final Map<AddressKey, Long> addressIds = new HashMap<>();

    private record AddressKey(long userId, Address address) {}

    private LegacySeeder(Connection connection) {
        this.connection = connection;
    }

    public static void seed(DataSource legacy, SeedData data) {
        try (Connection connection = legacy.getConnection()) {
            connection.setAutoCommit(false);
            LegacySeeder seeder = new LegacySeeder(connection);
            seeder.users(data);
            seeder.addresses(data);
            seeder.orders(data);
            seeder.items(data);
            connection.commit();
            restartSequences(connection, data);
        } catch (SQLException e) {
            throw new IllegalStateException("The legacy database cannot be seeded", e);
        }
    }

    private void users(SeedData data) throws SQLException {
        try (Batch users = batch("INSERT INTO users (id, email, full_name, phone) VALUES (?, ?, ?, ?)")) {
            for (AddressBook book : data.customers()) {
                Customer user = book.customer();
                users.add(user.id(), user.email(), user.name(), user.phone());
            }
            users.execute();
        }
    }

    private void addresses(SeedData data) throws SQLException {
        try (Batch addresses = batch("""
                INSERT INTO addresses (id, user_id, recipient, line1, line2, city, region, postal_code, country)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)) {
            for (AddressBook book : data.customers()) {
                long userId = book.customer().id();
                for (Address a : book.addresses()) {
                    long id = addressIds.size() + 1L;
                    if (addressIds.putIfAbsent(new AddressKey(userId, a), id) == null) {
                        addresses.add(
                                id,
                                userId,
                                a.recipient(),
                                a.line1(),
                                a.line2(),
                                a.city(),
                                a.region(),
                                a.postalCode(),
                                a.country());
                    }
                }
            }
            addresses.execute();
        }
    }

    private void orders(SeedData data) throws SQLException {
        try (Batch orders = batch("""
                INSERT INTO orders (id, order_number, user_id, shipping_address_id, billing_address_id, status,
                       subtotal, tax, shipping, discount, total, payment_method, payment_status, notes,
                       created_at, updated_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)) {
            for (Order order : data.orders()) {
                long userId = order.customer().id();
                orders.add(
                        order.id(),
                        order.orderNumber(),
                        userId,
                        addressIds.get(new AddressKey(userId, order.shippingAddress())),
                        addressIds.get(new AddressKey(userId, order.billingAddress())),
                        LegacyCodes.of(order.status()),
                        order.amounts().subtotal(),
                        order.amounts().tax(),
                        order.amounts().shipping(),
                        order.amounts().discount(),
                        order.amounts().total(),
                        LegacyCodes.of(order.payment().method()),
                        LegacyCodes.of(order.payment().status()),
                        order.notes(),
                        utc(order.createdAt()),
                        utc(order.updatedAt()));
            }
            orders.execute();
        }
    }

    private void items(SeedData data) throws SQLException {
        try (Batch items = batch("""
                INSERT INTO order_items (order_id, line_no, sku, product_name, quantity, unit_price)
                VALUES (?, ?, ?, ?, ?, ?)
                """)) {
            for (Order order : data.orders()) {
                int lineNo = 0;
                for (OrderItem item : order.items()) {
                    items.add(order.id(), lineNo++, item.sku(), item.name(), item.quantity(), item.unitPrice());
                }
            }
            items.execute();
        }
    }

    /** Rows that bring their id do not move a sequence. */
    private static void restartSequences(Connection connection, SeedData data) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    "ALTER SEQUENCE order_ids RESTART WITH " + (data.orders().size() + 1));
            statement.execute("ALTER TABLE users ALTER COLUMN id RESTART WITH "
                    + (data.customers().size() + 1));
            statement.execute("ALTER TABLE addresses ALTER COLUMN id RESTART WITH (SELECT MAX(id) + 1 FROM addresses)");
        }
    }

    private Batch batch(String sql) throws SQLException {
        return new Batch(connection.prepareStatement(sql));
    }

    private static LocalDateTime utc(Instant instant) {
        return LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
    }

    /** A prepared statement that executes itself each {@value #BATCH} rows. */
    private static final class Batch implements AutoCloseable {
        private final PreparedStatement statement;
        private int rows;

        Batch(PreparedStatement statement) {
            this.statement = statement;
        }

        void add(@Nullable Object... values) throws SQLException {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.addBatch();
            if (++rows % BATCH == 0) {
                execute();
            }
        }

        void execute() throws SQLException {
            statement.executeBatch();
        }

        @Override
        public void close() throws SQLException {
            statement.close();
        }
    }
}
