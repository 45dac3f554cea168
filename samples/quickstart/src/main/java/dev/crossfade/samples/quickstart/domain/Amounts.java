package dev.crossfade.samples.quickstart.domain;

import java.math.BigDecimal;
import java.util.List;

/** The sums of an order, each with two decimals. */
public record Amounts(BigDecimal subtotal, BigDecimal tax, BigDecimal shipping, BigDecimal discount, BigDecimal total) {

    public Amounts {
        Money.checked("subtotal", subtotal);
        Money.checked("tax", tax);
        Money.checked("shipping", shipping);
        Money.checked("discount", discount);
        Money.checked("total", total);
    }

    /** The sums for these items; the total is never below zero. */
    public static Amounts of(List<OrderItem> items, BigDecimal tax, BigDecimal shipping, BigDecimal discount) {
        BigDecimal subtotal = items.stream().map(OrderItem::price).reduce(Money.ZERO, BigDecimal::add);
        BigDecimal total = subtotal.add(tax).add(shipping).subtract(discount).max(Money.ZERO);
        return new Amounts(subtotal, tax, shipping, discount, total);
    }

    Amounts with(List<OrderItem> items) {
        return of(items, tax, shipping, discount);
    }
}
