package dev.crossfade.samples.quickstart.domain;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An order as the caller places it, before a store gives it an id.
 *
 * @param orderNumber chosen by the caller, unique among all orders of all times
 */
public record NewOrder(
        String orderNumber,
        Customer customer,
        Address shippingAddress,
        Address billingAddress,
        Amounts amounts,
        Payment payment,
        @Nullable String notes,
        List<OrderItem> items) {

    public NewOrder {
        Objects.requireNonNull(orderNumber, "orderNumber");
        Objects.requireNonNull(customer, "customer");
        Objects.requireNonNull(shippingAddress, "shippingAddress");
        Objects.requireNonNull(billingAddress, "billingAddress");
        Objects.requireNonNull(amounts, "amounts");
        Objects.requireNonNull(payment, "payment");
        items = List.copyOf(items);
    }

    /** The order that comes of it. */
    public Order placed(long id, Instant now) {
        return new Order(
                id,
                orderNumber,
                customer,
                shippingAddress,
                billingAddress,
                OrderStatus.PLACED,
                amounts,
                payment,
                notes,
                now,
                now,
                items);
    }
}
