package dev.crossfade.samples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.samples.quickstart.checker.Checker;
import dev.crossfade.samples.quickstart.checker.Verdict;
import dev.crossfade.samples.quickstart.domain.Order;
import dev.crossfade.samples.quickstart.domain.OrderRepository;
import dev.crossfade.samples.quickstart.h2.EmbeddedDatabase;
import dev.crossfade.samples.quickstart.legacy.LegacyIdBlocks;
import dev.crossfade.samples.quickstart.legacy.LegacyOrders;
import dev.crossfade.samples.quickstart.next.NextOrders;
import dev.crossfade.samples.quickstart.seed.LegacySeeder;
import dev.crossfade.samples.quickstart.seed.SeedData;
import dev.crossfade.samples.quickstart.traffic.OrderBook;
import dev.crossfade.samples.quickstart.traffic.Traffic;
import dev.crossfade.samples.quickstart.traffic.TrafficSettings;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Both stores can carry every order there and back: by hand and in silence here, the library's job is to do it live. */
class RoundTripTest {
    private static final SeedData SEED = SeedData.generate(500, 17);

    private final EmbeddedDatabase legacy = EmbeddedDatabase.create("trip-legacy", LegacyOrders.class, "schema.sql");
    private final EmbeddedDatabase next = EmbeddedDatabase.create("trip-new", NextOrders.class, "schema.sql");
    private final LegacyOrders legacyOrders = new LegacyOrders(legacy.dataSource(), Clock.systemUTC());
    private final NextOrders newOrders = new NextOrders(
            next.dataSource(), new LegacyIdBlocks(legacy.dataSource(), 20, Runnable::run), Clock.systemUTC());
    private final OrderBook book = new OrderBook(SEED.orders());

    @BeforeEach
    void seed() {
        LegacySeeder.seed(legacy.dataSource(), SEED);
    }

    @AfterEach
    void close() {
        legacy.close();
        next.close();
    }

    @Test
    void orders_written_on_either_side_find_their_way_to_the_other() throws SQLException {
        work(legacyOrders, 1);
        copy(legacyOrders, newOrders);
        assertThat(check().findings()).isEmpty();

        work(newOrders, 2);
        copy(newOrders, legacyOrders);
        assertThat(check().findings()).isEmpty();

        work(legacyOrders, 3);
        copy(legacyOrders, newOrders);
        assertThat(check().findings()).isEmpty();
    }

    private void work(OrderRepository primary, long seed) {
        TrafficSettings settings = new TrafficSettings(2, 2_000, 1, Duration.ZERO, seed);
        Traffic traffic = new Traffic(primary, book, SEED.customers(), Set.of(), settings, failure -> false);
        try (traffic) {
            traffic.start();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> traffic.counts().writes() > 300);
        }
        assertThat(traffic.counts().failures()).isZero();
        assertThat(traffic.counts().firstComplaints()).isEmpty();
    }

    private void copy(OrderRepository from, OrderRepository to) {
        List<Long> everyId = LongStream.rangeClosed(1, 3_000).boxed().toList();
        List<Order> present = from.findAllById(everyId);
        to.deleteAllById(everyId);
        to.putAll(present);
    }

    private Verdict check() throws SQLException {
        return Checker.checkBoth(legacy.dataSource(), next.dataSource(), book.expectations(), book::isDoubtful);
    }
}
