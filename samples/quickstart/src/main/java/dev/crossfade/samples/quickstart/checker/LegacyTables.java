package dev.crossfade.samples.quickstart.checker;

import static dev.crossfade.samples.quickstart.checker.OrderCursor.put;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

/** How the checker reads the legacy tables. */
final class LegacyTables {
    private static final String HEADS = """
            SELECT o.id AS order_key, o.*, u.email, u.full_name, u.phone,
                   s.recipient AS shipping_recipient, s.line1 AS shipping_line1, s.line2 AS shipping_line2,
                   s.city AS shipping_city, s.region AS shipping_region, s.postal_code AS shipping_postal_code,
                   s.country AS shipping_country, s.user_id AS shipping_user_id,
                   b.recipient AS billing_recipient, b.line1 AS billing_line1, b.line2 AS billing_line2,
                   b.city AS billing_city, b.region AS billing_region, b.postal_code AS billing_postal_code,
                   b.country AS billing_country, b.user_id AS billing_user_id
              FROM orders o
              LEFT JOIN users u ON u.id = o.user_id
              LEFT JOIN addresses s ON s.id = o.shipping_address_id
              LEFT JOIN addresses b ON b.id = o.billing_address_id
             ORDER BY o.id
            """;
    private static final String ITEMS = """
            SELECT order_id AS order_key, line_no, sku, product_name, quantity, unit_price FROM order_items
             ORDER BY order_id, line_no
            """;
    private static final Map<Integer, String> STATUS =
            Map.of(10, "PLACED", 20, "CONFIRMED", 30, "PACKED", 40, "SHIPPED", 50, "DELIVERED", 90, "CANCELLED");
    private static final Map<String, String> PAYMENT_METHOD =
            Map.of("C", "CARD", "T", "TRANSFER", "W", "WALLET", "I", "INVOICE");
    private static final Map<String, String> PAYMENT_STATUS =
            Map.of("O", "OPEN", "A", "AUTHORIZED", "C", "CAPTURED", "R", "REFUNDED", "V", "VOIDED");
    private static final List<String> AMOUNTS = List.of("subtotal", "tax", "shipping", "discount", "total");

    private LegacyTables() {}

    static OrderCursor open(Connection connection) throws SQLException {
        return new OrderCursor(connection, HEADS, LegacyTables::head, ITEMS, LegacyTables::item);
    }

    private static void head(ResultSet row, Map<String, String> fields) throws SQLException {
        put(fields, "orderNumber", row.getString("order_number"));
        put(fields, "customer.id", row.getLong("user_id"));
        put(fields, "customer.email", row.getString("email"));
        put(fields, "customer.name", row.getString("full_name"));
        put(fields, "customer.phone", row.getString("phone"));
        address(row, "shipping", fields);
        address(row, "billing", fields);
        int status = row.getInt("status");
        put(fields, "status", STATUS.getOrDefault(status, "code " + status));
        for (String amount : AMOUNTS) {
            put(fields, "amounts." + amount, row.getBigDecimal(amount).toPlainString());
        }
        String method = row.getString("payment_method");
        if (method != null) {
            put(fields, "payment.method", PAYMENT_METHOD.getOrDefault(method, "code " + method));
        }
        String payment = row.getString("payment_status");
        put(fields, "payment.status", PAYMENT_STATUS.getOrDefault(payment, "code " + payment));
        put(fields, "notes", row.getString("notes"));
        put(
                fields,
                "createdAt",
                row.getObject("created_at", LocalDateTime.class).toInstant(ZoneOffset.UTC));
        put(
                fields,
                "updatedAt",
                row.getObject("updated_at", LocalDateTime.class).toInstant(ZoneOffset.UTC));
    }

    private static void address(ResultSet row, String kind, Map<String, String> fields) throws SQLException {
        String name = kind + "Address.";
        put(fields, name + "recipient", row.getString(kind + "_recipient"));
        put(fields, name + "line1", row.getString(kind + "_line1"));
        put(fields, name + "line2", row.getString(kind + "_line2"));
        put(fields, name + "city", row.getString(kind + "_city"));
        put(fields, name + "region", row.getString(kind + "_region"));
        put(fields, name + "postalCode", row.getString(kind + "_postal_code"));
        put(fields, name + "country", row.getString(kind + "_country"));
        if (row.getLong(kind + "_user_id") != row.getLong("user_id")) {
            put(fields, name + "owner", "another user");
        }
    }

    private static void item(ResultSet row, Map<String, String> fields) throws SQLException {
        String name = "items[" + row.getInt("line_no") + "].";
        put(fields, name + "sku", row.getString("sku"));
        put(fields, name + "name", row.getString("product_name"));
        put(fields, name + "quantity", row.getInt("quantity"));
        put(fields, name + "unitPrice", row.getBigDecimal("unit_price").toPlainString());
    }
}
