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
    /** Meant to take less than one second; a machine may be busy, but a quadratic checker takes minutes. */
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @Test
    void thousands_of_orders_are_checked_in_seconds() throws SQLException {
        SeedData seed = SeedData.generate(10_000, 1);
        OrderBook book = new OrderBook(seed.orders());
        try (EmbeddedDatabase legacy = EmbeddedDatabase.create("speed-legacy", LegacyOrders.class, "schema.sql");
                EmbeddedDatabase next = EmbeddedDatabase.create("speed-new", NextOrders.class, "schema.sql")) {
            LegacySeeder.seed(legacy.dataSource(), seed);
            new NextOrders(next.dataSource(), () -> 0L, Clock.systemUTC()).putAll(seed.orders());
            long start = System.nanoTime();
            Verdict verdict =
                    Checker.checkBoth(legacy.dataSource(), next.dataSource(), book.expectations(), book::isDoubtful);
            Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
            assertThat(verdict.isClean()).isTrue();
            assertThat(elapsed).isLessThan(LIMIT);
        }
    }
}
