package dev.crossfade.samples.quickstart.checker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.samples.quickstart.h2.EmbeddedDatabase;
import dev.crossfade.samples.quickstart.legacy.LegacyOrders;
import dev.crossfade.samples.quickstart.next.NextOrders;
import dev.crossfade.samples.quickstart.seed.LegacySeeder;
import dev.crossfade.samples.quickstart.seed.SeedData;
import dev.crossfade.samples.quickstart.traffic.OrderBook;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CheckerSpeedTest {
    /** Far above the 3 seconds it is meant to take: a machine may be busy, but a quadratic checker takes minutes. */
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @Test
    void thirty_thousand_orders_are_checked_in_seconds() throws SQLException {
        SeedData seed = SeedData.generate(30_000, 1);
        OrderBook book = new OrderBook(seed.orders());
        try (EmbeddedDatabase legacy = EmbeddedDatabase.create("speed-legacy", LegacyOrders.class, "schema.sql");
                EmbeddedDatabase next = EmbeddedDatabase.create("speed-new", NextOrders.class, "schema.sql")) {
            long start = System.nanoTime();
            LegacySeeder.seed(legacy.dataSource(), seed);
            long seeded = System.nanoTime();
            new NextOrders(next.dataSource(), () -> 0L, Clock.systemUTC()).putAll(seed.orders());
            long copied = System.nanoTime();
            Verdict verdict =
                    Checker.checkBoth(legacy.dataSource(), next.dataSource(), book.expectations(), book::isDoubtful);
            Duration elapsed = Duration.ofNanos(System.nanoTime() - copied);
            System.out.println("seed " + (seeded - start) / 1_000_000 + " ms, copy " + (copied - seeded) / 1_000_000
                    + " ms, check " + elapsed.toMillis() + " ms");
            assertThat(verdict.isClean()).isTrue();
            assertThat(elapsed).isLessThan(LIMIT);
        }
    }
}
