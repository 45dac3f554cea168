package dev.crossfade.samples.quickstart;

import dev.crossfade.Migration;
import dev.crossfade.RetryableWriteException;
import dev.crossfade.Store;
import dev.crossfade.control.OpenFeatureControl;
import dev.crossfade.control.Stage;
import dev.crossfade.samples.quickstart.domain.Order;
import dev.crossfade.samples.quickstart.domain.OrderRepository;
import dev.crossfade.samples.quickstart.faults.FaultyDataSource;
import dev.crossfade.samples.quickstart.flags.FileFlagProvider;
import dev.crossfade.samples.quickstart.flags.FlagFile;
import dev.crossfade.samples.quickstart.h2.EmbeddedDatabase;
import dev.crossfade.samples.quickstart.legacy.LegacyIdBlocks;
import dev.crossfade.samples.quickstart.legacy.LegacyOrders;
import dev.crossfade.samples.quickstart.next.NextOrders;
import dev.crossfade.samples.quickstart.seed.LegacySeeder;
import dev.crossfade.samples.quickstart.seed.SeedData;
import dev.crossfade.samples.quickstart.traffic.OrderBook;
import dev.crossfade.samples.quickstart.traffic.Traffic;
import dev.crossfade.samples.quickstart.traffic.TrafficSettings;
import dev.openfeature.sdk.OpenFeatureAPI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The order service with its two databases, its migration and its callers. */
final class Shop implements AutoCloseable {
    static final String FLAG = "crossfade.orders";

    /** An order that the traffic leaves alone: the script makes it one that the new store refuses. */
    static final long REFUSED_ORDER = 3;

    final SeedData seed;
    final EmbeddedDatabase legacyDatabase;
    final EmbeddedDatabase newDatabase;
    final FaultyDataSource newSide;
    final FlagFile flags;
    final Migration migration;
    final OrderRepository orders;
    final OrderBook book;
    final Traffic traffic;
    private final OpenFeatureAPI openFeature = OpenFeatureAPI.createIsolated();
    private final ExecutorService refills = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "legacy-ids");
        thread.setDaemon(true);
        return thread;
    });

    /** @param orderCount how many old orders there are */
    Shop(int orderCount, Path flagFile) {
        seed = SeedData.generate(orderCount, SeedData.DEFAULT_SEED);
        legacyDatabase = EmbeddedDatabase.create("legacy", LegacyOrders.class, "schema.sql");
        newDatabase = EmbeddedDatabase.create("new", NextOrders.class, "schema.sql");
        LegacySeeder.seed(legacyDatabase.dataSource(), seed);
        newSide = new FaultyDataSource(newDatabase.dataSource());
        flags = new FlagFile(flagFile);
        flags.set(FLAG, Map.of("stage", Stage.LEGACY_ONLY.name(), "revision", 1));
        flags.set(FLAG + ".reads-to-primary", false);
        openFeature.setProviderAndWait(new FileFlagProvider(flagFile));

        LegacyIdBlocks legacyIds =
                new LegacyIdBlocks(legacyDatabase.dataSource(), LegacyIdBlocks.DEFAULT_BLOCK_SIZE, refills);
        legacyIds.reserveBlock();
        LegacyOrders legacyOrders = new LegacyOrders(legacyDatabase.dataSource(), Clock.systemUTC());
        NextOrders newOrders = new NextOrders(newSide.dataSource(), legacyIds, Clock.systemUTC());
        migration = Migration.of("orders")
                .between(Store.plain("legacy"), Store.plain("new"))
                .repository(
                        OrderRepository.class,
                        r -> r.from(legacyOrders)
                                .to(newOrders)
                                .key(Order.class, Order::id)
                                .overwrite(OrderRepository::put)
                                .findAll(OrderRepository::findAllById)
                                .overwriteAll(OrderRepository::putAll)
                                .deleteAll(OrderRepository::deleteAllById))
                .control(OpenFeatureControl.using(openFeature.getClient()))
                .startingAt(Stage.LEGACY_ONLY)
                .relay(relay -> relay.maxAttempts(6))
                .shadowReads(shadow -> shadow.window(Duration.ofSeconds(20)))
                .build();
        orders = migration.repository(OrderRepository.class);
        book = new OrderBook(seed.orders());
        traffic = new Traffic(
                orders,
                book,
                seed.customers(),
                Set.of(REFUSED_ORDER),
                TrafficSettings.DEFAULTS,
                RetryableWriteException.class::isInstance);
    }

    void open() {
        migration.start();
        traffic.start();
    }

    @Override
    public void close() {
        migration.close();
        openFeature.shutdown();
        refills.shutdownNow();
        newDatabase.close();
        legacyDatabase.close();
    }
}
