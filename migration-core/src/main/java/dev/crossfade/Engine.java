package dev.crossfade;

import dev.crossfade.backfill.Backfill;
import dev.crossfade.compare.ComparisonEngine;
import dev.crossfade.control.Control;
import dev.crossfade.control.Settings;
import dev.crossfade.control.Stage;
import dev.crossfade.internal.backfill.RepositoryPages;
import dev.crossfade.internal.backfill.RunningBackfill;
import dev.crossfade.internal.findings.FindingsRecorder;
import dev.crossfade.internal.findings.KeyCheck;
import dev.crossfade.internal.method.DefaultMethodCall;
import dev.crossfade.internal.method.MethodPlan;
import dev.crossfade.internal.method.RepositoryHandler.Call;
import dev.crossfade.internal.method.RereadableArguments;
import dev.crossfade.internal.method.Shape;
import dev.crossfade.internal.move.Gates;
import dev.crossfade.internal.move.SettingsSink;
import dev.crossfade.internal.move.StageMover;
import dev.crossfade.internal.move.WishFollower;
import dev.crossfade.internal.observe.Meters;
import dev.crossfade.internal.read.KeysOfRead;
import dev.crossfade.internal.read.ReadCall;
import dev.crossfade.internal.read.ReadGuard;
import dev.crossfade.internal.read.ReadSettings;
import dev.crossfade.internal.read.SecondaryReads;
import dev.crossfade.internal.read.ShadowCall;
import dev.crossfade.internal.reconcile.RunningReconciliation;
import dev.crossfade.internal.shadow.ShadowRead;
import dev.crossfade.internal.shadow.ShadowReads;
import dev.crossfade.internal.shadow.ShadowSettings;
import dev.crossfade.internal.state.EntityState;
import dev.crossfade.internal.view.Breaker;
import dev.crossfade.internal.view.Context;
import dev.crossfade.internal.view.View;
import dev.crossfade.internal.write.Adoption;
import dev.crossfade.internal.write.PrimaryOnlyCall;
import dev.crossfade.internal.write.Relay;
import dev.crossfade.internal.write.RelaySettings;
import dev.crossfade.internal.write.TakenKeys;
import dev.crossfade.internal.write.Units;
import dev.crossfade.internal.write.WriteCall;
import dev.crossfade.reconcile.Reconciliation;
import dev.crossfade.routing.StickyBucket;
import dev.crossfade.spi.BackfillSource;
import dev.crossfade.spi.Coordination;
import dev.crossfade.spi.FailureSummary;
import dev.crossfade.spi.FenceView;
import dev.crossfade.spi.LedgerStatus;
import dev.crossfade.spi.ManagedTransactions;
import dev.crossfade.spi.Platform;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The moving parts of a migration: made together, started together, closed in the reverse order. */
final class Engine {
    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");
    private static final Duration TICK = Duration.ofMillis(100);
    private static final Duration WISH_PATIENCE = Duration.ofSeconds(1);
    private static final Duration WORKER_TIMEOUT = Duration.ofSeconds(1);

    /** Everything that can be set, checked. */
    record Options(
            ReadSettings reads,
            RelaySettings relay,
            ShadowSettings shadow,
            int deletesByMarksPerMinute,
            Duration writersWait,
            String salt,
            @Nullable Stage startingAt,
            MeterRegistry meters,
            @Nullable Duration reconciledWithin,
            List<String> irreversibleMappings) {}

    private final Context context;
    private final Control control;
    private final Options options;
    private final Coordination coordination;
    private final Relay relay;
    private final Units units;
    private final ReadGuard guard;
    private final StickyBucket bucket;
    private final SecondaryReads secondaryReads;
    private final ShadowReads shadowReads;
    private final KeyCheck keyCheck;
    private final Map<String, ComparisonEngine> comparisons = new HashMap<>();
    private final StageMover mover;
    private final WishFollower wishes;
    private final SettingsSink sink;
    private final Adoption adoption;
    private final Meters meters;
    private final Platform.Signal ticks;
    private final Map<Class<?>, String> entities = new HashMap<>();
    private final Map<String, RunningBackfill> backfills = new LinkedHashMap<>();
    private final Map<String, RunningReconciliation> reconciliations = new LinkedHashMap<>();
    private volatile boolean started;
    private volatile boolean closed;
    private Control.@Nullable Feed feed;
    private Platform.@Nullable Worker clock;
    private Platform.@Nullable Worker wisher;

    Engine(
            Context context,
            Control control,
            Options options,
            Coordination coordination,
            Map<String, BackfillSource> sources) {
        this.coordination = coordination;
        this.context = context;
        this.control = control;
        this.options = options;
        Breaker refreshBreaker = new Breaker(context.platform());
        Breaker readBreaker = new Breaker(context.platform());
        TakenKeys taken = new TakenKeys(context, refreshBreaker, options.deletesByMarksPerMinute());
        this.relay = new Relay(context, taken, refreshBreaker, options.relay());
        this.guard = new ReadGuard(context.migration(), context.ledger());
        this.units = new Units(context, relay, guard::wrote, options.writersWait());
        this.adoption = new Adoption(context, units);
        this.bucket = StickyBucket.salted(options.salt());
        this.secondaryReads = new SecondaryReads(context, options.reads(), readBreaker);
        Map<String, BackfillSource> pastRepositories = new HashMap<>(sources);
        pastRepositories.values().removeIf(source -> source instanceof RepositoryPages);
        this.keyCheck = new KeyCheck(context, this::comparison, pastRepositories, coordination.isDurable());
        this.shadowReads =
                new ShadowReads(context, options.shadow(), readBreaker, new FindingsRecorder(context, keyCheck));
        this.meters = new Meters(context.migration(), options.meters());
        Gates gates = new Gates(
                context,
                options.irreversibleMappings(),
                relay::isSecondaryReachable,
                shadowReads::entitiesWithMismatches,
                this::unreconciled);
        this.mover = new StageMover(context, gates, meters);
        this.wishes = new WishFollower(context, mover);
        this.ticks = context.platform().newSignal();
        this.sink = new SettingsSink(context, options.startingAt(), ticks::raise);
        sources.forEach((entity, source) -> {
            backfills.put(
                    entity,
                    new RunningBackfill(
                            context,
                            entity,
                            source,
                            coordination.backfill(entity),
                            context.coverage(entity),
                            this::requireRunning));
            reconciliations.put(
                    entity,
                    new RunningReconciliation(
                            context,
                            entity,
                            source,
                            keyCheck,
                            coordination.reconciliation(entity),
                            this::requireRunning));
        });
    }

    /** What the reconciliations say against a primary that moves; nothing where none is required. */
    private List<String> unreconciled() {
        Duration maxAge = options.reconciledWithin();
        return maxAge == null
                ? List.of()
                : reconciliations.values().stream()
                        .map(reconciliation -> reconciliation.objection(maxAge))
                        .filter(Objects::nonNull)
                        .toList();
    }

    private void requireRunning() {
        if (!started || closed) {
            throw new MigrationException(
                    context.migration(),
                    closed
                            ? "it is closed. Nothing was changed."
                            : "it is not started. Nothing was changed. Call start() first.");
        }
    }

    Backfill backfill(String entity) {
        return declared(backfills, entity);
    }

    Reconciliation reconciliation(String entity) {
        return declared(reconciliations, entity);
    }

    private <T> T declared(Map<String, T> bySource, String entity) {
        T known = bySource.get(entity);
        if (known == null) {
            throw new MigrationException(
                    context.migration(),
                    "its entity " + entity
                            + " declares no backfill. Nothing was changed. Add .backfill(Repository::yourPageByKey) "
                            + "to its description.");
        }
        return known;
    }

    /** What a method of a repository's proxy does. */
    Call call(Class<?> repository, MethodPlan plan, EntityState state, ComparisonEngine comparison, int maxRows) {
        entities.put(repository, state.entity());
        comparisons.put(state.entity(), comparison);
        return switch (plan.kind()) {
            case READ -> RereadableArguments.of(plan, read(plan, state, comparison, maxRows));
            case WRITE -> RereadableArguments.of(plan, new WriteCall(context, units, plan, state));
            case PRIMARY_ONLY -> new PrimaryOnlyCall(context, units, plan, state);
            case DEFAULT -> new DefaultMethodCall(plan.method());
        };
    }

    private ComparisonEngine comparison(String entity) {
        return Objects.requireNonNull(comparisons.get(entity), entity);
    }

    Discrepancies discrepancies(Runnable requireStarted) {
        return new Discrepancies(context, keyCheck, this::rowsOf, requireStarted);
    }

    private OptionalLong rowsOf(String entity) {
        RunningReconciliation reconciliation = reconciliations.get(entity);
        if (reconciliation == null) {
            return OptionalLong.empty();
        }
        OptionalLong compared = reconciliation.rowsOfLastFull();
        return compared.isPresent() ? compared : reconciliation.estimatedRows();
    }

    private Call read(MethodPlan plan, EntityState state, ComparisonEngine comparison, int maxRows) {
        KeysOfRead keys = new KeysOfRead(plan, state);
        shadowReads.register(state.entity(), plan.method().getName());
        boolean comparable =
                plan.result().form() != Shape.Form.STREAM && plan.result().form() != Shape.Form.NOTHING;
        ShadowCall shadow = comparable
                ? new ShadowRead(context, shadowReads, plan, state, keys, comparison, maxRows)
                : (view, answered, arguments, answer) -> shadowReads.notComparable(state.entity(), plan);
        return new ReadCall(context, units, guard, bucket, secondaryReads, shadow, plan, state, keys);
    }

    void start() {
        if (!coordination.isDurable()) {
            warnOfMemory();
        }
        coordination.start();
        meters.bind(context.counters(), context.ledger(), () -> viewAge().toNanos());
        relay.start();
        clock = context.platform().spawn("crossfade-" + context.migration() + "-clock", this::run);
        wisher = context.platform().spawn("crossfade-" + context.migration() + "-wishes", this::followWishes);
        Control.Feed opened = control.open(context.migration(), context.platform(), sink);
        feed = opened;
        if (opened.isSegmented()) {
            context.views().segmentedBy(opened);
        }
        if (!coordination.isDurable()) {
            sink.beginWithoutControl();
        }
        started = true;
    }

    private void warnOfMemory() {
        log.warn(
                "{} - ledger and fence are held in memory: for one process, and a crash loses the keys that are dirty then. "
                        + "After a crash in a middle stage copy the keys of both stores again",
                context.migration());
    }

    private void run() {
        while (!closed) {
            try {
                if (!ticks.await(() -> closed, TICK)) {
                    tick();
                }
            } catch (InterruptedException woken) {
                log.debug("{} - clock woken by an interrupt", context.migration());
            } catch (RuntimeException | Error failure) {
                log.error(
                        "{} - the clock thread failed with {} and goes on",
                        context.migration(),
                        FailureSummary.of(failure));
            }
        }
    }

    /** Apart from the clock: a move takes its time, and the clock must not stand still meanwhile. */
    private void followWishes() {
        while (!closed) {
            try {
                if (ticks.await(() -> closed || wishes.isDue(), WISH_PATIENCE) && !closed) {
                    wishes.follow();
                }
            } catch (InterruptedException woken) {
                log.debug("{} - wishes woken by an interrupt", context.migration());
            } catch (RuntimeException | Error failure) {
                log.error(
                        "{} - a wish could not be tried ({}); the next revision is",
                        context.migration(),
                        FailureSummary.of(failure));
            }
        }
    }

    private void tick() {
        LedgerStatus ledger = context.ledger().status();
        Duration maxLag = options.reads().maxLag();
        // A view that nobody can confirm says as little as a ledger that lags.
        boolean lagging =
                ledger.lag().compareTo(maxLag) > 0 || context.fence().age().compareTo(maxLag) > 0;
        context.views().health(lagging, ledger.parked() > 0);
        secondaryReads.interruptOverdue();
        shadowReads.tick();
    }

    @SuppressWarnings("NullAway") // The work returns what it returns; T says whether that may be null.
    <T extends @Nullable Object, X extends Throwable> T inTransaction(Migration.Work<T, X> work) throws X {
        try {
            return units.inUnit(work::run);
        } catch (Throwable failure) {
            throw Engine.<X>asDeclared(failure);
        }
    }

    /** The work declares X; anything else is unchecked, or was thrown past the compiler by the work itself. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <X extends Throwable> X asDeclared(Throwable failure) {
        return (X) failure;
    }

    ManagedTransactions managedTransactions() {
        return units;
    }

    List<AuditEntry> audit(int max) {
        return coordination.audit(max);
    }

    Recovery recovery(ParkedKeys parked, Runnable requireStarted) {
        return new Recovery(context, coordination, parked, adoption, requireStarted);
    }

    StageMover mover() {
        return mover;
    }

    WayBack wayBack(Operator operator) {
        Stage from = context.fence().view().stage();
        if (!from.isDualWrite()) {
            throw new MigrationException(
                    context.migration(), "in " + from + " there is no way back to rehearse. Nothing was changed.");
        }
        Stage to = Stage.values()[from.ordinal() - 1];
        LedgerStatus ledger = context.ledger().status();
        return new WayBack(
                context.migration(),
                from,
                to,
                ledger.dirty(),
                ledger.lag(),
                ledger.parked(),
                context.refused(),
                context.discrepancies().summary(),
                mover.check(to, operator));
    }

    String entityOf(Class<?> repository) {
        String entity = entities.get(repository);
        if (entity == null) {
            throw new IllegalArgumentException(
                    "Migration '" + context.migration() + "' has no repository " + repository.getName());
        }
        return entity;
    }

    WriteToken writeToken() {
        return guard.token();
    }

    String fateOfDirtyKeys() {
        return coordination.isDurable()
                ? "they are refreshed after the next start"
                : "the in-memory ledger forgets them, so copy the keys of both stores again after the next start";
    }

    MigrationStatus status() {
        View view = context.views().base();
        FenceView fence = context.fence().view();
        Map<String, Boolean> copied = new HashMap<>();
        context.coverage().forEach((entity, coverage) -> copied.put(entity, coverage.isCopied()));
        return new MigrationStatus(
                context.migration(),
                fence.stage(),
                fence.stage().primary(),
                fence.epoch(),
                fence.phase() == FenceView.Phase.DRAINING,
                fence.phase() != FenceView.Phase.UNKNOWN,
                percent(view.newThreshold),
                percent(view.shadowThreshold),
                view.settings.readsToPrimary(),
                sink.problem(),
                sink.rejected(),
                context.ledger().status(),
                copied,
                backfills.values().stream().map(RunningBackfill::known).toList(),
                reconciliations.values().stream()
                        .map(RunningReconciliation::known)
                        .toList(),
                options.reconciledWithin(),
                bySide("crossfade.read"),
                bySide("crossfade.write"),
                context.counters().total("crossfade.fallback"),
                shadowReads.counts(),
                shadowReads.rates(),
                shadowReads.latestDifferences(),
                viewAge());
    }

    /** How old what the calls go by may be. */
    private Duration viewAge() {
        return context.fence().age().plusNanos(context.views().ageNanos());
    }

    private static double percent(int basisPoints) {
        return basisPoints * 100.0 / Settings.MAX_BASIS_POINTS;
    }

    private Map<Side, Long> bySide(String counter) {
        Map<Side, Long> totals = new EnumMap<>(Side.class);
        for (Side side : Side.values()) {
            totals.put(side, context.counters().total(counter, "side", side.name(), "outcome", "ok"));
        }
        return totals;
    }

    void refuseWrites() {
        units.close();
    }

    void close(Duration timeout) {
        units.close();
        // Nobody will tend the guards any more: reads go on at the side that is primary.
        context.views().retire();
        backfills.values().forEach(backfill -> backfill.close(WORKER_TIMEOUT));
        reconciliations.values().forEach(reconciliation -> reconciliation.close(WORKER_TIMEOUT));
        relay.close(timeout);
        closed = true;
        ticks.raise();
        if (feed != null) {
            feed.close();
        }
        shadowReads.close(WORKER_TIMEOUT);
        secondaryReads.close(WORKER_TIMEOUT);
        if (clock != null) {
            join(clock);
        }
        if (wisher != null) {
            join(wisher);
        }
        coordination.close();
        meters.close();
    }

    private static void join(Platform.Worker worker) {
        try {
            worker.join(WORKER_TIMEOUT);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
