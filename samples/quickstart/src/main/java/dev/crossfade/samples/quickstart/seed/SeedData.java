package dev.crossfade.samples.quickstart.seed;

import dev.crossfade.samples.quickstart.domain.Amounts;
import dev.crossfade.samples.quickstart.domain.Money;
import dev.crossfade.samples.quickstart.domain.Order;
import dev.crossfade.samples.quickstart.domain.OrderItem;
import dev.crossfade.samples.quickstart.domain.OrderStatus;
import dev.crossfade.samples.quickstart.domain.Payment;
import dev.crossfade.samples.quickstart.domain.PaymentMethod;
import dev.crossfade.samples.quickstart.domain.PaymentStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Customers and orders as they stood before the migration; the same for the same numbers and seed. Orders have the ids 1
 * to their count, ascending.
 */
public record SeedData(List<AddressBook> customers, List<Order> orders) {
    public static final int DEFAULT_ORDERS = 20_000;
    public static final long DEFAULT_SEED = 20_261_025L;

    private static final int ORDERS_PER_CUSTOMER = 4;
    private static final int LONG_NOTES = 4_000;
    private static final Instant FIRST = Instant.parse("2024-01-01T00:00:00Z");

    /** Hours that clocks skip or repeat somewhere, and the edges of a day, a year and a microsecond. */
    private static final List<Instant> AWKWARD_INSTANTS = List.of(
            Instant.parse("2025-10-26T00:30:00Z"),
            Instant.parse("2025-10-26T01:30:00Z"),
            Instant.parse("2025-03-30T01:00:00Z"),
            Instant.parse("2025-03-30T01:30:00.000001Z"),
            Instant.parse("2025-03-09T07:00:00Z"),
            Instant.parse("2025-11-02T05:30:00Z"),
            Instant.parse("2025-11-02T06:30:00.999999Z"),
            Instant.parse("2024-02-29T23:59:59.999999Z"),
            Instant.parse("2024-12-31T23:59:59.999999Z"),
            Instant.parse("1970-01-01T00:00:00Z"));

    public SeedData {
        customers = List.copyOf(customers);
        orders = List.copyOf(orders);
    }

    public static SeedData generate(int orderCount, long seed) {
        Random random = new Random(seed);
        List<AddressBook> customers = People.generate(Math.max(1, orderCount / ORDERS_PER_CUSTOMER), random);
        List<Order> orders = new ArrayList<>(orderCount);
        for (int id = 1; id <= orderCount; id++) {
            orders.add(order(id, customers.get(random.nextInt(customers.size())), random));
        }
        return new SeedData(customers, orders);
    }

    private static Order order(int id, AddressBook book, Random random) {
        Instant createdAt = instant(id, random);
        List<OrderItem> items = items(id, random);
        return new Order(
                id,
                "S-" + id,
                book.customer(),
                book.anyAddress(random),
                book.anyAddress(random),
                any(OrderStatus.values(), random),
                amounts(id, items, random),
                new Payment(
                        random.nextInt(5) == 0 ? null : any(PaymentMethod.values(), random),
                        any(PaymentStatus.values(), random)),
                notes(id, random),
                createdAt,
                createdAt.plus(Duration.of(random.nextInt(1_000_000_000), ChronoUnit.MICROS)),
                items);
    }

    private static Instant instant(int id, Random random) {
        if (id % 100 < AWKWARD_INSTANTS.size()) {
            return AWKWARD_INSTANTS.get(id % 100);
        }
        return FIRST.plus(Duration.of((long) (random.nextDouble() * 6.3e13), ChronoUnit.MICROS));
    }

    /** One order in 50 has no items, one in 97 an item of the largest price. */
    private static List<OrderItem> items(int id, Random random) {
        if (id % 50 == 0) {
            return List.of();
        }
        if (id % 97 == 0) {
            return List.of(new OrderItem("SKU-MAX", "The dearest thing", 1, Money.MAX));
        }
        return Products.items(random);
    }

    private static Amounts amounts(int id, List<OrderItem> items, Random random) {
        if (id % 97 == 0) {
            // The discount outweighs the other charge, so that new items of moderate price still add up.
            return id % 2 == 0
                    ? new Amounts(Money.MAX, Money.MAX, Money.ZERO, Money.MAX, Money.MAX)
                    : new Amounts(Money.MAX, Money.ZERO, Money.MAX, Money.MAX, Money.MAX);
        }
        if (id % 50 == 0) {
            return new Amounts(Money.ZERO, Money.ZERO, Money.ZERO, Money.ZERO, Money.ZERO);
        }
        return Amounts.of(items, Products.charge(random), Products.charge(random), Products.charge(random));
    }

    private static @Nullable String notes(int id, Random random) {
        if (id % 200 == 0) {
            return "Lange Notiz, длинная заметка, 長いメモ 📦. ".repeat(LONG_NOTES).substring(0, LONG_NOTES);
        }
        return switch (random.nextInt(6)) {
            case 0 -> "";
            case 1 -> "Bitte klingeln 🔔\n2. Stock, \"Hinterhaus\"";
            case 2 -> "  يرجى الاتصال قبل التسليم  ";
            default -> null;
        };
    }

    private static <T> T any(T[] values, Random random) {
        return values[random.nextInt(values.length)];
    }
}
