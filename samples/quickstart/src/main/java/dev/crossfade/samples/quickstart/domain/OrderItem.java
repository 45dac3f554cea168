package dev.crossfade.samples.quickstart.domain;

import java.math.BigDecimal;
import java.util.Objects;

/** One line of an order; its place in the order's list is its identity. */
public record OrderItem(String sku, String name, int quantity, BigDecimal unitPrice) {

    public OrderItem {
        Objects.requireNonNull(sku, "sku");
        Objects.requireNonNull(name, "name");
        if (quantity < 1) {
            throw new IllegalArgumentException("Quantity of an order item is " + quantity + "; choose 1 or more");
        }
        Money.checked("unitPrice", unitPrice);
    }

    BigDecimal price() {
        return unitPrice.multiply(BigDecimal.valueOf(quantity));
    }
}
