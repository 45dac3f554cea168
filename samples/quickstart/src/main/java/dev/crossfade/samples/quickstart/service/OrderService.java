package dev.crossfade.samples.quickstart.service;

import com.zaxxer.hikari.HikariDataSource;
import dev.crossfade.Migration;
import dev.crossfade.MigrationStatus;
import dev.crossfade.MoveResult;
import dev.crossfade.Operator;
import dev.crossfade.RetryableWriteException;
import dev.crossfade.Side;
import dev.crossfade.backfill.Backfill;
import dev.crossfade.backfill.BackfillStatus;
import dev.crossfade.control.OpenFeatureControl;
import dev.crossfade.control.Stage;
import dev.crossfade.event.MigrationEvent;
import dev.crossfade.event.MigrationEvent.StageMoved;
import dev.crossfade.jdbc.Database;
import dev.crossfade.jdbc.JdbcCoordination;
import dev.crossfade.reconcile.Reconciliation;
import dev.crossfade.reconcile.ReconciliationReport;
import dev.crossfade.reconcile.Scope;
import dev.crossfade.reconcile.Verdict;
import dev.crossfade.samples.quickstart.domain.Order;
import dev.crossfade.samples.quickstart.domain.OrderRepository;
import dev.crossfade.samples.quickstart.faults.FaultyDataSource;
import dev.crossfade.samples.quickstart.flags.FileFlagProvider;
import dev.crossfade.samples.quickstart.h2.Pools;
import dev.crossfade.samples.quickstart.legacy.LegacyIdBlocks;
import dev.crossfade.samples.quickstart.legacy.LegacyOrders;
import dev.crossfade.samples.quickstart.next.NextOrders;
import dev.crossfade.samples.quickstart.seed.SeedData;
import dev.crossfade.samples.quickstart.service.Report.Handover;
import dev.crossfade.samples.quickstart.traffic.Journal;
import dev.crossfade.samples.quickstart.traffic.OrderBook;
import dev.crossfade.samples.quickstart.traffic.Traffic;
import dev.crossfade.samples.quickstart.traffic.TrafficSettings;
import dev.openfeature.sdk.OpenFeatureAPI;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** One instance of the order service: its pools, its migration and its callers. */
final class OrderService implements AutoCloseable {
    /** An order that the traffic leaves alone: the script makes it one that the new store refuses. */
    private static final Duration RECONCILIATION_PATIENCE = Duration.ofMinutes(5);

    private static final long REFUSED_ORDER = 3;

    private static final Operator OPERATOR = Operator.of("quickstart", "the walk through all stages");

    private final HikariDataSource legacyPool;
    private final HikariDataSource newPool;
    private final FaultyDataSource newSide;
    private final Migration migration;
    private final OrderRepository orders;
    private final Journal journal;
    private final OrderBook book;
    private final Traffic traffic;
    private final List<Handover> handovers = new CopyOnWriteArrayList<>();
    private final OpenFeatureAPI openFeature = OpenFeatureAPI.createIsolated();
    private final ExecutorService refills = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "legacy-ids");
        thread.setDaemon(true);
        return thread;
    });

    OrderService(ServiceSettings settings) throws IOException {
        legacyPool = Pools.open("legacy", settings.legacyUrl());
        newPool = Pools.open("new", settings.newUrl());
        newSide = new FaultyDataSource(newPool);
        openFeature.setProviderAndWait(new FileFlagProvider(settings.flags()));

        Database legacy = Database.of("legacy", legacyPool);
        Database next = Database.of("new", newSide.dataSource());
        LegacyIdBlocks legacyIds = new LegacyIdBlocks(legacyPool, LegacyIdBlocks.DEFAULT_BLOCK_SIZE, refills);
        legacyIds.reserveBlock();
        LegacyOrders legacyOrders = new LegacyOrders(legacy.dataSource(), Clock.systemUTC());
        NextOrders newOrders = new NextOrders(next.dataSource(), legacyIds, Clock.systemUTC());
        migration = Migration.of("orders")
                .between(legacy, next)
                .coordinatedBy(JdbcCoordination.between(legacy, next).instance(settings.name()))
                .repository(
                        OrderRepository.class,
                        r -> r.from(legacyOrders)
                                .to(newOrders)
                                .key(Order.class, Order::id)
                                .overwrite(OrderRepository::put)
                                .findAll(OrderRepository::findAllById)
                                .overwriteAll(OrderRepository::putAll)
                                .deleteAll(OrderRepository::deleteAllById)
                                .backfill(OrderRepository::findPage, repository -> settings.orders()))
                .control(OpenFeatureControl.using(openFeature.getClient()))
                .listener(this::noteHandover)
                .relay(relay -> relay.maxAttempts(6))
                .shadowReads(shadow -> shadow.window(Duration.ofSeconds(20)))
                .build();
        orders = migration.repository(OrderRepository.class);

        SeedData seed = SeedData.generate(settings.orders(), SeedData.DEFAULT_SEED);
        journal = Journal.create(settings.journal());
        book = new OrderBook(
                seed.orders().stream()
                        .filter(order -> order.id() % settings.parts() == settings.part())
                        .toList(),
                journal);
        for (int run = 0; run < settings.run(); run++) {
            Journal.read(settings.journalOf(run), book::replay);
        }
        traffic = new Traffic(
                orders,
                book,
                seed.customers(),
                Set.of(REFUSED_ORDER),
                TrafficSettings.ofInstance(settings.part(), settings.run()),
                RetryableWriteException.class::isInstance);
    }

    void open() {
        migration.start();
        traffic.start();
    }

    private void noteHandover(MigrationEvent event) {
        if (event instanceof StageMoved moved
                && moved.from().primary() != moved.to().primary()) {
            handovers.add(new Handover(
                    moved.from().name(),
                    moved.to().name(),
                    moved.epoch(),
                    moved.pause().toNanos() / 1_000,
                    moved.operator().name()));
        }
    }

    String plan() {
        return migration.plan().toString();
    }

    Report report() {
        MigrationStatus status = migration.status();
        return new Report(
                status.stage().name(),
                status.moving(),
                status.epoch(),
                status.readNewPercent(),
                status.shadowPercent(),
                status.reads().getOrDefault(Side.LEGACY, 0L),
                status.reads().getOrDefault(Side.NEW, 0L),
                status.writes().getOrDefault(Side.LEGACY, 0L),
                status.writes().getOrDefault(Side.NEW, 0L),
                status.ledger().dirty(),
                status.ledger().lag().toMillis(),
                status.ledger().parked(),
                status.ledger().peak(),
                status.shadowReads().matched(),
                status.shadowReads().mismatched(),
                status.fallbacks(),
                newSide.injected(),
                traffic.counts(),
                handovers,
                status.lastDifferences().stream().map(Object::toString).toList());
    }

    Traffic traffic() {
        return traffic;
    }

    FaultyDataSource newSide() {
        return newSide;
    }

    /** Empty if the stage was reached, or else why not. */
    String move(Stage stage) {
        MoveResult result = migration.moveTo(stage, operatorFor(stage));
        return result.moved() ? "" : result.toString();
    }

    private static Operator operatorFor(Stage stage) {
        return switch (stage) {
            // Before the dual write begins someone has to know that nothing else writes the tables.
            case LEGACY_PRIMARY -> OPERATOR.confirmingOnlyWriter();
            case NEW_ONLY -> OPERATOR.approvingPointOfNoReturn();
            default -> OPERATOR;
        };
    }

    /** Takes part in the backfill of the old orders, or begins it. */
    void joinBackfill() {
        Backfill backfill = migration.backfill(OrderRepository.class);
        // Nobody waits for these writes: a service that runs for real leaves this limit as it is.
        backfill.limits(backfill.limits().withMaxSlowdown(Double.POSITIVE_INFINITY));
        backfill.start(OPERATOR);
    }

    BackfillStatus backfill() {
        return migration.backfill(OrderRepository.class).status();
    }

    /** Compares every order of both databases while the traffic goes on; the report in words. */
    String reconcile() throws InterruptedException {
        Reconciliation reconciliation = migration.reconciliation(OrderRepository.class);
        reconciliation.limits(reconciliation.limits().withMaxSlowdown(Double.POSITIVE_INFINITY));
        reconciliation.start(Scope.full(), OPERATOR);
        reconciliation.awaitEnd(RECONCILIATION_PATIENCE);
        ReconciliationReport report = reconciliation.report().orElseThrow();
        if (report.verdict() != Verdict.CLEAN) {
            throw new IllegalStateException("the reconciliation is not clean: " + report.text());
        }
        return report.text();
    }

    /** Gives an order notes that the new side refuses, or others. */
    void writeNotes(boolean refused) {
        Order changed = orders.changeNotes(REFUSED_ORDER, refused ? "left\u0000right" : "left and right")
                .orElseThrow(() -> new IllegalStateException("the order of this step is gone"));
        book.acknowledged(changed);
    }

    @Override
    public void close() {
        traffic.close();
        migration.close();
        openFeature.shutdown();
        refills.shutdownNow();
        newPool.close();
        legacyPool.close();
        journal.close();
    }
}
