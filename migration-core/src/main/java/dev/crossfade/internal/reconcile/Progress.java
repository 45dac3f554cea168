package dev.crossfade.internal.reconcile;

import dev.crossfade.MigrationException;
import dev.crossfade.Operator;
import dev.crossfade.event.MigrationEvent.ReconciliationEnded;
import dev.crossfade.event.MigrationEvent.ReconciliationProgressed;
import dev.crossfade.event.MigrationEvent.ReconciliationStarted;
import dev.crossfade.internal.pages.Rate;
import dev.crossfade.internal.view.Context;
import dev.crossfade.reconcile.Counts;
import dev.crossfade.reconcile.ReconciliationReport;
import dev.crossfade.reconcile.ReconciliationStatus;
import dev.crossfade.reconcile.Scope;
import dev.crossfade.reconcile.Verdict;
import dev.crossfade.run.Brake;
import dev.crossfade.run.RunState;
import dev.crossfade.spi.Discrepancy;
import dev.crossfade.spi.ReconciliationBook;
import dev.crossfade.spi.ReconciliationBook.Run;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the last reconciliation stands as this process knows it, and who is told of it when. Safe for use by many threads. */
final class Progress {
    /** How often progress is told. */
    static final Duration REPORT_INTERVAL = Duration.ofSeconds(10);

    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");
    private static final int MOST_FINDINGS = 10_000;

    private final Context context;
    private final String entity;
    private final ReconciliationBook book;
    private final Rate rate = new Rate();

    private volatile @Nullable Run last;
    private volatile Brake brake = Brake.NONE;
    private volatile @Nullable String trouble;
    private volatile @Nullable Long estimate;

    /** Ends that this process may be bringing about, and has not told of yet. */
    private final AtomicInteger endings = new AtomicInteger();

    /** Guarded by {@code this}. */
    private long reportedAt;

    Progress(Context context, String entity, ReconciliationBook book) {
        this.context = context;
        this.entity = entity;
        this.book = book;
        // Made now, because a registry sees those only that exist when the migration starts.
        counted(Counts.NONE);
    }

    /** Who has found what a run finds, as it is recorded. */
    static String foundBy(Run run) {
        return "reconciliation " + run.id();
    }

    /** Asks the book; {@code null} before the first run. */
    @Nullable
    Run look() {
        Run run = book.look().orElse(null);
        last = run;
        if (run != null) {
            rate.seen(context.platform().nanoTime(), run.counts().compared());
        }
        return run;
    }

    /** What comes now may end the run; {@link #told} follows in any case. */
    void mayEnd() {
        endings.incrementAndGet();
    }

    /** If it has ended, listeners know. */
    void told() {
        endings.decrementAndGet();
    }

    /** Whether the run may have ended without its listeners knowing. */
    boolean isEnding() {
        return endings.get() > 0;
    }

    void braked(Brake now) {
        brake = now;
    }

    /** What the last page of this process came to; {@code null} if it was compared. */
    void trouble(@Nullable String failure) {
        trouble = failure;
    }

    void counted(Counts counts) {
        long equal = counts.compared() - counts.findings() - counts.accepted() - counts.lagging() - counts.unknown();
        add("equal", Math.max(0, equal));
        add("missing_in_new", counts.missingInNew());
        add("missing_in_legacy", counts.missingInLegacy());
        add("different", counts.different());
        add("accepted", counts.accepted());
        add("lagging", Math.max(0, counts.lagging()));
        add("unknown", counts.unknown());
    }

    private void add(String outcome, long rows) {
        context.counters()
                .counter("crossfade.reconcile.rows", "entity", entity, "outcome", outcome)
                .add(rows);
    }

    /** As the book said it last. */
    ReconciliationStatus status() {
        Run run = last;
        return run == null
                ? new ReconciliationStatus(
                        entity, RunState.NOT_STARTED, null, Counts.NONE, Verdict.INCOMPLETE, null, 0, Brake.NONE, null)
                : status(run);
    }

    private ReconciliationStatus status(Run run) {
        RunState state = stateOf(run);
        boolean running = state == RunState.RUNNING;
        return new ReconciliationStatus(
                entity,
                state,
                run.scope(),
                run.counts(),
                Verdict.of(state, run.counts()),
                run.scope() instanceof Scope.Full ? estimate : null,
                running ? rate.perSecond() : 0,
                running ? brake : Brake.NONE,
                running ? trouble : run.reason());
    }

    private RunState stateOf(Run run) {
        return run.generation() == context.fence().view().generation() ? run.state() : RunState.VOID;
    }

    /** With the findings that are open now. */
    ReconciliationReport report(Run run) {
        List<Discrepancy> findings = context.discrepancies().list(Discrepancy.State.OPEN, MOST_FINDINGS).stream()
                .filter(one -> one.key().entity().equals(entity)
                        && one.finding().foundBy().equals(foundBy(run)))
                .toList();
        RunState state = stateOf(run);
        return new ReconciliationReport(
                context.migration(),
                entity,
                run.id(),
                run.scope(),
                run.operator(),
                run.generation(),
                run.epoch(),
                run.started(),
                run.ended(),
                state,
                run.counts(),
                Verdict.of(state, run.counts()),
                run.reason(),
                findings,
                false);
    }

    void started(Scope scope, Operator operator) {
        log.info(
                "{} - reconciliation of {} ({}) started by {}",
                context.migration(),
                entity,
                scope.text(),
                operator.name());
        context.events().publish(new ReconciliationStarted(context.migration(), entity, scope, operator));
    }

    /** This process takes part from now on; the first report comes an interval later. */
    synchronized void joined(OptionalLong rows) {
        estimate = rows.isPresent() ? rows.getAsLong() : null;
        reportedAt = context.platform().nanoTime();
    }

    /** Tells how it stands, once an interval. */
    void report() {
        synchronized (this) {
            long now = context.platform().nanoTime();
            if (now - reportedAt < REPORT_INTERVAL.toNanos()) {
                return;
            }
            reportedAt = now;
        }
        ReconciliationStatus status = status();
        log.info("{} - reconciliation of {} {}", context.migration(), entity, text(status));
        context.events().publish(new ReconciliationProgressed(context.migration(), status));
    }

    void turned(RunState to, Operator operator) {
        log.info("{} - reconciliation of {} is {} by {}", context.migration(), entity, to, operator.name());
    }

    /** Told once, by the instance that ended it. */
    void ended() {
        Run run = look();
        if (run == null) {
            return;
        }
        String text = text(status(run));
        if (run.verdict() == Verdict.CLEAN) {
            log.info("{} - reconciliation of {} {}", context.migration(), entity, text);
        } else {
            log.warn(
                    "{} - reconciliation of {} {}{}. See migration.discrepancies() and repair, or compare again",
                    context.migration(),
                    entity,
                    text,
                    run.reason() == null ? "" : ": " + run.reason());
        }
        context.events().publish(new ReconciliationEnded(context.migration(), report(run)));
    }

    private static String text(ReconciliationStatus status) {
        Double percent = status.percent();
        Counts counts = status.counts();
        return String.format(
                Locale.ROOT,
                "(%s) %s: %d rows%s, %.0f rows/s, brake %s, %d missing in new, %d missing in legacy, %d different, "
                        + "%d accepted, %d lagging, %d unknown, %s",
                status.scope() == null ? "" : status.scope().text(),
                status.state(),
                counts.compared(),
                percent == null ? "" : String.format(Locale.ROOT, " (%.1f %%)", percent),
                status.rowsPerSecond(),
                status.brake(),
                counts.missingInNew(),
                counts.missingInLegacy(),
                counts.different(),
                counts.accepted(),
                counts.lagging(),
                counts.unknown(),
                status.verdict());
    }

    /**
     * What keeps the primary from moving; {@code null} if the last full run of this generation was clean and began no longer
     * ago than this.
     */
    @Nullable
    String objection(Duration maxAge) {
        String remedy = "; run migration.reconciliation(..).start(Scope.full(), ..) to its end";
        try {
            Run run = book.lastFull(context.fence().view().generation()).orElse(null);
            if (run == null) {
                return "the stores were never compared in full on " + entity + " in this generation" + remedy;
            }
            if (run.verdict() != Verdict.CLEAN) {
                Counts counts = run.counts();
                return "the last full reconciliation of " + entity + " was " + run.verdict() + " (" + counts.findings()
                        + " keys differed, " + counts.lagging() + " were on their way until the end, "
                        + counts.unknown()
                        + " could not be compared); settle what it has found and compare again";
            }
            return run.age().compareTo(maxAge) > 0
                    ? "the last full reconciliation of " + entity + " began more than " + maxAge + " ago" + remedy
                    : null;
        } catch (MigrationException silent) {
            return "the reconciliations of " + entity + " cannot be looked up; wait until the new store answers";
        }
    }
}
