package dev.crossfade.samples.quickstart.seed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.samples.quickstart.domain.Money;
import dev.crossfade.samples.quickstart.domain.Order;
import dev.crossfade.samples.quickstart.h2.EmbeddedDatabase;
import dev.crossfade.samples.quickstart.legacy.LegacyOrders;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SeedDataTest {
    private static final SeedData DATA = SeedData.generate(SeedData.DEFAULT_ORDERS, SeedData.DEFAULT_SEED);

    @Test
    void the_same_seed_makes_the_same_orders() {
        assertThat(SeedData.generate(1_000, 5)).isEqualTo(SeedData.generate(1_000, 5));
        assertThat(SeedData.generate(1_000, 6)).isNotEqualTo(SeedData.generate(1_000, 5));
    }

    @Test
    void there_are_at_least_20_000_orders_with_every_awkward_value() {
        List<Order> orders = DATA.orders();
        assertThat(orders).hasSizeGreaterThanOrEqualTo(20_000);
        assertThat(orders).anyMatch(order -> order.amounts().total().compareTo(Money.MAX) == 0);
        assertThat(orders).anyMatch(order -> order.amounts().total().compareTo(Money.ZERO) == 0);
        assertThat(orders).anyMatch(order -> Objects.toString(order.notes(), "").length() == 4_000);
        assertThat(orders).anyMatch(order -> order.notes() == null);
        assertThat(orders).anyMatch(order -> "".equals(order.notes()));
        assertThat(orders).anyMatch(order -> order.customer().phone() == null);
        assertThat(orders).anyMatch(order -> order.payment().method() == null);
        assertThat(orders).anyMatch(order -> order.items().isEmpty());
        assertThat(orders).anyMatch(order -> order.createdAt().equals(Instant.parse("2025-10-26T01:30:00Z")));
        for (String script :
                List.of("LATIN", "CYRILLIC", "GREEK", "HAN", "HIRAGANA", "HANGUL", "ARABIC", "DEVANAGARI")) {
            assertThat(orders)
                    .as(script)
                    .anyMatch(order -> order.customer()
                            .name()
                            .codePoints()
                            .anyMatch(c -> Character.UnicodeScript.of(c) == Character.UnicodeScript.valueOf(script)));
        }
        assertThat(orders)
                .anyMatch(order -> order.shippingAddress().line1().codePoints().anyMatch(c -> c > 0xFFFF));
    }

    @Test
    void the_seeded_database_answers_with_exactly_the_seed() {
        try (EmbeddedDatabase legacy = EmbeddedDatabase.create("seed", LegacyOrders.class, "schema.sql")) {
            LegacySeeder.seed(legacy.dataSource(), DATA);
            LegacyOrders orders = new LegacyOrders(legacy.dataSource(), Clock.systemUTC());
            List<Order> found =
                    orders.findAllById(DATA.orders().stream().map(Order::id).toList());
            // A list diff of 20 000 orders takes minutes.
            assertThat(found.equals(DATA.orders())).isTrue();
        }
    }
}
