package dev.crossfade.samples.benchmarks;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/** A row with the twenty fields and the types that an order has in a shop. */
public record Order(
        String number,
        long customer,
        String email,
        String name,
        @Nullable String phone,
        Status status,
        BigDecimal subtotal,
        BigDecimal tax,
        BigDecimal shipping,
        BigDecimal discount,
        BigDecimal total,
        String currency,
        String paymentMethod,
        boolean paid,
        int items,
        int version,
        LocalDate deliveryOn,
        Instant createdAt,
        Instant changedAt,
        @Nullable String note) {

    /** How far an order has come. */
    public enum Status {
        PLACED,
        PAID,
        SHIPPED
    }

    /** An order of its own objects: nothing in it is shared with another one, as after a read of a database. */
    static Order numbered(int index) {
        Instant created = Instant.ofEpochSecond(1_700_000_000L + index, 123_456_000);
        return new Order(
                numberOf(index),
                10_000L + index,
                "customer" + index + "@example.org",
                "Jörg Müller " + index,
                null,
                Status.PAID,
                BigDecimal.valueOf(10_000L + index, 2),
                BigDecimal.valueOf(1_900L + index, 2),
                BigDecimal.valueOf(495, 2),
                BigDecimal.valueOf(250L + index, 2),
                BigDecimal.valueOf(12_145L + index, 2),
                new String("EUR"),
                new String("CARD"),
                true,
                3,
                7,
                LocalDate.ofEpochDay(19_700L + index),
                created,
                created.plusSeconds(3_600),
                "leave it with the neighbour, number " + index);
    }

    /** The order's number, 16 characters. */
    static String numberOf(int index) {
        return String.format("ORD-%012d", index * 7_919L);
    }

    /** This order with three other values. */
    Order withThreeDifferences() {
        return new Order(
                number,
                customer,
                email,
                name,
                phone,
                Status.SHIPPED,
                subtotal,
                tax,
                shipping,
                discount,
                total.add(BigDecimal.ONE),
                currency,
                paymentMethod,
                paid,
                items,
                version,
                deliveryOn,
                createdAt,
                changedAt,
                "leave it at the door");
    }
}
