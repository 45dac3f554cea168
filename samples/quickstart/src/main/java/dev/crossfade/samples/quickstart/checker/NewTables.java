package dev.crossfade.samples.quickstart.checker;

import static dev.crossfade.samples.quickstart.checker.OrderCursor.put;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;

/** How the checker reads the new tables. */
final class NewTables {
    private static final String HEADS = """
            SELECT o.legacy_id AS order_key, o.*, k.order_id AS mapped_id,
                   (SELECT h.status FROM order_status_history h
                     WHERE h.order_id = o.id ORDER BY h.id DESC FETCH FIRST ROW ONLY) AS last_status
              FROM orders o
              LEFT JOIN order_key_map k ON k.legacy_id = o.legacy_id AND k.order_id = o.id
             ORDER BY o.legacy_id
            """;
    private static final String ITEMS = """
            SELECT COALESCE(o.legacy_id, 0) AS order_key, i.line_no, i.sku, i.name, i.quantity, i.unit_price_cents
              FROM order_items i
              LEFT JOIN orders o ON o.id = i.order_id
             ORDER BY order_key, i.line_no
            """;
    private static final List<String> AMOUNTS = List.of("subtotal", "tax", "shipping", "discount", "total");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private NewTables() {}

    static OrderCursor open(Connection connection) throws SQLException {
        return new OrderCursor(connection, HEADS, NewTables::head, ITEMS, NewTables::item);
    }

    private static void head(ResultSet row, Map<String, String> fields) throws SQLException {
        put(fields, "orderNumber", row.getString("order_number"));
        put(fields, "customer.id", row.getLong("customer_id"));
        put(fields, "customer.email", row.getString("customer_email"));
        put(fields, "customer.name", row.getString("customer_name"));
        put(fields, "customer.phone", row.getString("customer_phone"));
        address(row.getString("shipping_address"), "shippingAddress", fields);
        address(row.getString("billing_address"), "billingAddress", fields);
        put(fields, "status", row.getString("status"));
        for (String amount : AMOUNTS) {
            put(fields, "amounts." + amount, amount(row.getLong(amount + "_cents")));
        }
        put(fields, "payment.method", row.getString("payment_method"));
        put(fields, "payment.status", row.getString("payment_status"));
        put(fields, "notes", row.getString("notes"));
        put(
                fields,
                "createdAt",
                row.getObject("created_at", OffsetDateTime.class).toInstant());
        put(
                fields,
                "updatedAt",
                row.getObject("updated_at", OffsetDateTime.class).toInstant());
        if (row.getObject("mapped_id") == null) {
            put(fields, "keyMap", "does not know this order");
        }
        if (!row.getString("status").equals(row.getString("last_status"))) {
            put(fields, "statusHistory", "does not end in the status");
        }
    }

    private static void address(String json, String name, Map<String, String> fields) {
        try {
            for (Map.Entry<String, JsonNode> part : JSON.readTree(json).properties()) {
                if (!part.getValue().isNull()) {
                    put(fields, name + "." + part.getKey(), part.getValue().asText());
                }
            }
        } catch (JsonProcessingException e) {
            put(fields, name, "no JSON");
        }
    }

    private static void item(ResultSet row, Map<String, String> fields) throws SQLException {
        String name = "items[" + row.getInt("line_no") + "].";
        put(fields, name + "sku", row.getString("sku"));
        put(fields, name + "name", row.getString("name"));
        put(fields, name + "quantity", row.getInt("quantity"));
        put(fields, name + "unitPrice", amount(row.getLong("unit_price_cents")));
    }

    private static String amount(long cents) {
        return BigDecimal.valueOf(cents, 2).toPlainString();
    }
}
