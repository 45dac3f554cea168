package dev.crossfade.samples.quickstart.seed;

import dev.crossfade.samples.quickstart.domain.OrderItem;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What people order. */
public final class Products {
    private static final int MAX_LINES = 5;
    private static final int MAX_QUANTITY = 9;
    private static final int MAX_PRICE_CENTS = 50_000;
    private static final List<String> NAMES = List.of(
            "Kaffeemühle",
            "Чайник",
            "Ελαιόλαδο",
            "急須",
            "찻잔",
            "كتاب",
            "मसाला डिब्बा",
            "Café crème ☕",
            "USB-C cable 2 m");

    private Products() {}

    /** One to five items of moderate price. */
    public static List<OrderItem> items(Random random) {
        List<OrderItem> items = new ArrayList<>();
        for (int i = random.nextInt(MAX_LINES); i >= 0; i--) {
            int product = random.nextInt(NAMES.size());
            items.add(new OrderItem(
                    "SKU-" + (1_000 + product),
                    NAMES.get(product),
                    1 + random.nextInt(MAX_QUANTITY),
                    cents(random.nextInt(MAX_PRICE_CENTS))));
        }
        return items;
    }

    /** A small charge, such as tax or shipping. */
    public static BigDecimal charge(Random random) {
        return cents(random.nextInt(5_000));
    }

    private static BigDecimal cents(long cents) {
        return BigDecimal.valueOf(cents, 2);
    }
}
