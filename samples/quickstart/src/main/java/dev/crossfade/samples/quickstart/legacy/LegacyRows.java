package dev.crossfade.samples.quickstart.legacy;

import dev.crossfade.samples.quickstart.domain.Address;
import dev.crossfade.samples.quickstart.domain.Amounts;
import dev.crossfade.samples.quickstart.domain.Customer;
import dev.crossfade.samples.quickstart.domain.Order;
import dev.crossfade.samples.quickstart.domain.OrderItem;
import dev.crossfade.samples.quickstart.domain.Payment;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** Reads orders from rows of orders joined with their items, one row per item, rows of one order adjacent. */
final class LegacyRows {
    private LegacyRows() {}

    static List<Order> orders(ResultSet rows) throws SQLException {
        List<Order> orders = new ArrayList<>();
        boolean more = rows.next();
        while (more) {
            Order head = head(rows);
            List<OrderItem> items = new ArrayList<>();
            do {
                if (rows.getObject("line_no") != null) {
                    items.add(item(rows));
                }
                more = rows.next();
            } while (more && rows.getLong("id") == head.id());
            orders.add(withItems(head, items));
        }
        return orders;
    }

    private static Order head(ResultSet row) throws SQLException {
        return new Order(
                row.getLong("id"),
                row.getString("order_number"),
                new Customer(
                        row.getLong("user_id"),
                        row.getString("email"),
                        row.getString("full_name"),
                        row.getString("phone")),
                address(row, "s_"),
                address(row, "b_"),
                LegacyCodes.orderStatus(row.getInt("status")),
                new Amounts(
                        row.getBigDecimal("subtotal"),
                        row.getBigDecimal("tax"),
                        row.getBigDecimal("shipping"),
                        row.getBigDecimal("discount"),
                        row.getBigDecimal("total")),
                new Payment(
                        LegacyCodes.paymentMethod(row.getString("payment_method")),
                        LegacyCodes.paymentStatus(row.getString("payment_status"))),
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

    private static Address address(ResultSet row, String prefix) throws SQLException {
        return new Address(
                row.getString(prefix + "recipient"),
                row.getString(prefix + "line1"),
                row.getString(prefix + "line2"),
                row.getString(prefix + "city"),
                row.getString(prefix + "region"),
                row.getString(prefix + "postal_code"),
                row.getString(prefix + "country"));
    }

    private static OrderItem item(ResultSet row) throws SQLException {
        return new OrderItem(
                row.getString("sku"),
                row.getString("product_name"),
                row.getInt("quantity"),
                row.getBigDecimal("unit_price"));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, LocalDateTime.class).toInstant(ZoneOffset.UTC);
    }
}
