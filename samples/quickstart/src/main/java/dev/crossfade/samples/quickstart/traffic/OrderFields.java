package dev.crossfade.samples.quickstart.traffic;

import dev.crossfade.samples.quickstart.domain.Address;
import dev.crossfade.samples.quickstart.domain.Order;
import dev.crossfade.samples.quickstart.domain.OrderItem;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An order in the neutral form that the checker speaks: name to text, null fields left out. */
final class OrderFields {
    private OrderFields() {}

    static Map<String, String> of(Order order) {
        Map<String, String> fields = new HashMap<>();
        put(fields, "orderNumber", order.orderNumber());
        put(fields, "customer.id", order.customer().id());
        put(fields, "customer.email", order.customer().email());
        put(fields, "customer.name", order.customer().name());
        put(fields, "customer.phone", order.customer().phone());
        address(fields, "shippingAddress.", order.shippingAddress());
        address(fields, "billingAddress.", order.billingAddress());
        put(fields, "status", order.status());
        put(fields, "amounts.subtotal", order.amounts().subtotal().toPlainString());
        put(fields, "amounts.tax", order.amounts().tax().toPlainString());
        put(fields, "amounts.shipping", order.amounts().shipping().toPlainString());
        put(fields, "amounts.discount", order.amounts().discount().toPlainString());
        put(fields, "amounts.total", order.amounts().total().toPlainString());
        put(fields, "payment.method", order.payment().method());
        put(fields, "payment.status", order.payment().status());
        put(fields, "notes", order.notes());
        put(fields, "createdAt", order.createdAt());
        put(fields, "updatedAt", order.updatedAt());
        put(fields, "items.count", order.items().size());
        for (int i = 0; i < order.items().size(); i++) {
            item(fields, "items[" + i + "].", order.items().get(i));
        }
        return fields;
    }

    private static void address(Map<String, String> fields, String prefix, Address address) {
        put(fields, prefix + "recipient", address.recipient());
        put(fields, prefix + "line1", address.line1());
        put(fields, prefix + "line2", address.line2());
        put(fields, prefix + "city", address.city());
        put(fields, prefix + "region", address.region());
        put(fields, prefix + "postalCode", address.postalCode());
        put(fields, prefix + "country", address.country());
    }

    private static void item(Map<String, String> fields, String prefix, OrderItem item) {
        put(fields, prefix + "sku", item.sku());
        put(fields, prefix + "name", item.name());
        put(fields, prefix + "quantity", item.quantity());
        put(fields, prefix + "unitPrice", item.unitPrice().toPlainString());
    }

    private static void put(Map<String, String> fields, String name, @Nullable Object value) {
        if (value != null) {
            fields.put(name, value.toString());
        }
    }
}
