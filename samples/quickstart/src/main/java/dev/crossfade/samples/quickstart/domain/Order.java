package dev.crossfade.samples.quickstart.domain;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An order with everything that belongs to it; equal if all of it is equal.
 *
 * @param id        the id that callers know: the legacy serial, also for orders born on the new side
 * @param createdAt at most microseconds, as both databases keep them
 * @param updatedAt at most microseconds
 */
public record Order(
        long id,
        String orderNumber,
        Customer customer,
        Address shippingAddress,
        Address billingAddress,
        OrderStatus status,
        Amounts amounts,
        Payment payment,
        @Nullable String notes,
        Instant createdAt,
        Instant updatedAt,
        List<OrderItem> items) {

    public Order {
        Objects.requireNonNull(orderNumber, "orderNumber");
        Objects.requireNonNull(customer, "customer");
        Objects.requireNonNull(shippingAddress, "shippingAddress");
        Objects.requireNonNull(billingAddress, "billingAddress");
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(amounts, "amounts");
        Objects.requireNonNull(payment, "payment");
        requireMicros("createdAt", createdAt);
        requireMicros("updatedAt", updatedAt);
        items = List.copyOf(items);
    }

    /** The same order in another status. */
    public Order withStatus(OrderStatus newStatus, Instant now) {
        return new Order(
                id,
                orderNumber,
                customer,
                shippingAddress,
                billingAddress,
                newStatus,
                amounts,
                payment,
                notes,
                createdAt,
                now,
                items);
    }

    /** The same order with other items and the sums that follow from them. */
    public Order withItems(List<OrderItem> newItems, Instant now) {
        return new Order(
                id,
                orderNumber,
                customer,
                shippingAddress,
                billingAddress,
                status,
                amounts.with(newItems),
                payment,
                notes,
                createdAt,
                now,
                newItems);
    }

    /** The same order with other notes. */
    public Order withNotes(@Nullable String newNotes, Instant now) {
        return new Order(
                id,
                orderNumber,
                customer,
                shippingAddress,
                billingAddress,
                status,
                amounts,
                payment,
                newNotes,
                createdAt,
                now,
                items);
    }

    /** The same order, cancelled, its payment voided or refunded. */
    public Order cancelled(Instant now) {
        return new Order(
                id,
                orderNumber,
                customer,
                shippingAddress,
                billingAddress,
                OrderStatus.CANCELLED,
                amounts,
                payment.cancelled(),
                notes,
                createdAt,
                now,
                items);
    }

    private static void requireMicros(String name, Instant instant) {
        if (!instant.equals(instant.truncatedTo(ChronoUnit.MICROS))) {
            throw new IllegalArgumentException("Instant " + name + " is finer than a microsecond; truncate it");
        }
    }
}
