package dev.crossfade.samples.quickstart.next;

import dev.crossfade.samples.quickstart.domain.Amounts;
import dev.crossfade.samples.quickstart.domain.Customer;
import dev.crossfade.samples.quickstart.domain.Order;
import dev.crossfade.samples.quickstart.domain.OrderItem;
import dev.crossfade.samples.quickstart.domain.OrderStatus;
import dev.crossfade.samples.quickstart.domain.Payment;
import dev.crossfade.samples.quickstart.domain.PaymentMethod;
import dev.crossfade.samples.quickstart.domain.PaymentStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads orders from rows of orders joined with their items, one row per item, rows of one order adjacent. */
final class NextRows {
    private NextRows() {}

    /** An order and the version of its row. */
    record Versioned(Order order, long version) {}

    static List<Versioned> orders(ResultSet rows) throws SQLException {
        List<Versioned> orders = new ArrayList<>();
        boolean more = rows.next();
        while (more) {
            Order head = head(rows);
            long version = rows.getLong("version");
            List<OrderItem> items = new ArrayList<>();
            do {
                if (rows.getObject("line_no") != null) {
                    items.add(item(rows));
                }
                more = rows.next();
            } while (more && rows.getLong("legacy_id") == head.id());
            orders.add(new Versioned(withItems(head, items), version));
        }
        return orders;
    }

    private static Order head(ResultSet row) throws SQLException {
        return new Order(
                row.getLong("legacy_id"),
                row.getString("order_number"),
                new Customer(
                        row.getLong("customer_id"),
                        row.getString("customer_email"),
                        row.getString("customer_name"),
                        row.getString("customer_phone")),
                AddressJson.read(row.getString("shipping_address")),
                AddressJson.read(row.getString("billing_address")),
                OrderStatus.valueOf(row.getString("status")),
                new Amounts(
                        Cents.amount(row.getLong("subtotal_cents")),
                        Cents.amount(row.getLong("tax_cents")),
                        Cents.amount(row.getLong("shipping_cents")),
                        Cents.amount(row.getLong("discount_cents")),
                        Cents.amount(row.getLong("total_cents"))),
                new Payment(
                        paymentMethod(row.getString("payment_method")),
                        PaymentStatus.valueOf(row.getString("payment_status"))),
                row.getString("notes"),
                instant(row, "created_at"),
                instant(row, "updated_at"),
                List.of());
    }

    private static Order withItems(Order head, List<OrderItem> items) {
        return new Order(
                head.id(),
                head.orderNumber(),
                head.customer(),
                head.shippingAddress(),
                head.billingAddress(),
                head.status(),
                head.amounts(),
                head.payment(),
                head.notes(),
                head.createdAt(),
                head.updatedAt(),
                items);
    }

    private static @Nullable PaymentMethod paymentMethod(@Nullable String name) {
        return name == null ? null : PaymentMethod.valueOf(name);
    }

    private static OrderItem item(ResultSet row) throws SQLException {
        return new OrderItem(
                row.getString("sku"),
                row.getString("name"),
                row.getInt("quantity"),
                Cents.amount(row.getLong("unit_price_cents")));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}
