package dev.crossfade.internal.reconcile;

import dev.crossfade.MigrationException;
import dev.crossfade.Operator;
import dev.crossfade.PhaseMovedException;
import dev.crossfade.Side;
import dev.crossfade.backfill.BackfillLimits;
import dev.crossfade.backfill.BackfillStatus.Brake;
import dev.crossfade.backfill.BackfillStatus.State;
import dev.crossfade.event.MigrationEvent.ReconciliationEnded;
import dev.crossfade.event.MigrationEvent.ReconciliationProgressed;
import dev.crossfade.event.MigrationEvent.ReconciliationStarted;
import dev.crossfade.internal.backfill.Brakes;
import dev.crossfade.internal.backfill.Marks;
import dev.crossfade.internal.backfill.Overrun;
import dev.crossfade.internal.backfill.PageSize;
import dev.crossfade.internal.backfill.RangeComparison;
import dev.crossfade.internal.backfill.Rate;
import dev.crossfade.internal.findings.KeyCheck;
import dev.crossfade.internal.view.Context;
import dev.crossfade.internal.view.FailureKind;
import dev.crossfade.reconcile.Counts;
import dev.crossfade.reconcile.Reconciliation;
import dev.crossfade.reconcile.ReconciliationReport;
import dev.crossfade.reconcile.ReconciliationStatus;
import dev.crossfade.reconcile.Scope;
import dev.crossfade.reconcile.Verdict;
import dev.crossfade.spi.BackfillSource;
import dev.crossfade.spi.BackfillSource.Row;
import dev.crossfade.spi.Discrepancy;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.FailureSummary;
import dev.crossfade.spi.FenceView;
import dev.crossfade.spi.FenceView.Phase;
import dev.crossfade.spi.KeyRange;
import dev.crossfade.spi.Platform;
import dev.crossfade.spi.ReconciliationBook;
import dev.crossfade.spi.ReconciliationBook.Claim;
import dev.crossfade.spi.ReconciliationBook.Run;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One entity's reconciliations as this process takes part in them: one thread, while there is something to do. */
public final class RunningReconciliation implements Reconciliation {
    /** How often progress is told. */
    public static final Duration REPORT_INTERVAL = Duration.ofSeconds(10);

    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
    private static final Duration AFTER_FAILURE = Duration.ofMillis(200);
    private static final Duration LOOK_AT_SCHEDULE = Duration.ofSeconds(10);

    /** The looks at a key that is on its way, before its page is done and once more before the end. */
    private static final List<Duration> SOON = List.of(Duration.ofMillis(10), Duration.ofMillis(50));

    private static final List<Duration> IN_THE_END = List.of(
            Duration.ofMillis(20),
            Duration.ofMillis(50),
            Duration.ofMillis(100),
            Duration.ofMillis(200),
            Duration.ofMillis(500),
            Duration.ofSeconds(1));

    /** So many keys that were on their way are looked at again in the end; more of them stay counted as lagging. */
    private static final int MOST_LAGGING = 10_000;

    /** After so many refusals of a page in a row the run fails; each try is half as large. */
    private static final int MOST_REFUSALS = 12;

    private static final int MOST_FINDINGS = 10_000;
    private static final List<State> ALIVE = List.of(State.RUNNING, State.PAUSED);

    private final Context context;
    private final String entity;
    private final BackfillSource source;
    private final KeyCheck check;
    private final ReconciliationBook book;
    private final Runnable requireStarted;
    private final Platform.Signal signal;
    private final Brakes brakes;
    private final PageSize pageSize = new PageSize();
    private final Rate rate = new Rate();

    private volatile BackfillLimits limits = BackfillLimits.DEFAULT.withThreads(1);
    private volatile @Nullable Run last;
    private volatile Brake brake = Brake.NONE;
    private volatile @Nullable Long estimate;
    private volatile @Nullable Schedule schedule;
    private volatile boolean closed;

    /** When progress was told last; 0 before the first page. */
    private volatile long reportedAt;

    /** What this instance takes part in: the run that has not ended. */
    private volatile @Nullable Part part;

    /** Guarded by {@code this}. */
    private Platform.@Nullable Worker worker;

    // The fields below belong to the worker.
    private @Nullable Claim claim;
    private @Nullable Pass pass;
    private List<EntityKey> lagging = new ArrayList<>();
    private int refusals;
    private boolean failing;
    private long scheduleLookedAt;

    /** That someone has asked for a run; another one for each time that someone asks. */
    private static final class Part {
        private final Operator operator;

        Part(Operator operator) {
            this.operator = operator;
        }
    }

    private record Schedule(Duration interval, Scope scope, Operator operator) {}

    public RunningReconciliation(
            Context context,
            String entity,
            BackfillSource source,
            KeyCheck check,
            ReconciliationBook book,
            Runnable requireStarted) {
        this.context = context;
        this.entity = entity;
        this.source = source;
        this.check = check;
        this.book = book;
        this.requireStarted = requireStarted;
        this.signal = context.platform().newSignal();
        this.brakes = new Brakes(context.platform(), context.ledger());
        // Made now, because a registry sees those only that exist when the migration starts.
        count(Counts.NONE);
    }

    @Override
    public Reconciliation start(Scope scope, Operator operator) {
        Objects.requireNonNull(operator, "operator");
        requireStarted.run();
        FenceView seen = context.fence().view();
        requireDualWrite(seen, "compared");
        sourceOf(scope);
        if (begin(seen, scope, operator, null).isEmpty()) {
            throw new MigrationException(
                    context.migration(),
                    "the fence of the new store is not, or no longer, in a stage with dual write at generation "
                            + seen.generation() + ". Nothing was changed. Try again.");
        }
        take(operator);
        return this;
    }

    private void requireDualWrite(FenceView seen, String what) {
        if (!seen.stage().isDualWrite() || seen.phase() == Phase.UNKNOWN) {
            throw new MigrationException(
                    context.migration(),
                    "nothing can be " + what + " in " + seen.stage()
                            + ", for nothing keeps the stores equal there. Nothing was changed. Move to LEGACY_PRIMARY "
                            + "first.");
        }
    }

    private Optional<Boolean> begin(FenceView seen, Scope scope, Operator operator, @Nullable Duration unlessWithin) {
        Optional<Boolean> began = book.begin(seen, normal(scope), operator, unlessWithin);
        if (began.orElse(false)) {
            log.info(
                    "{} - reconciliation of {} ({}) started by {}",
                    context.migration(),
                    entity,
                    scope.text(),
                    operator.name());
            context.events().publish(new ReconciliationStarted(context.migration(), entity, scope, operator));
        }
        return began;
    }

    /** Keys as the rows have them. */
    private Scope normal(Scope scope) {
        return scope instanceof Scope.Keys keys ? Scope.keys(raw(keys.after()), raw(keys.upTo())) : scope;
    }

    private @Nullable Object raw(@Nullable Object key) {
        return key == null ? null : context.entity(entity).key(key).key();
    }

    private @Nullable EntityKey key(@Nullable Object raw) {
        return raw == null ? null : context.entity(entity).key(raw);
    }

    /** What reads the rows of a scope. */
    private BackfillSource sourceOf(Scope scope) {
        if (!(scope instanceof Scope.Window window)) {
            return source;
        }
        try {
            return source.within(window.column(), window.from(), window.until())
                    .orElseThrow(() -> new MigrationException(
                            context.migration(),
                            "the backfill of " + entity
                                    + " goes by the repository, which knows no columns. Nothing was "
                                    + "changed. Choose another scope, or declare a backfill from table to table."));
        } catch (IllegalArgumentException unknown) {
            throw new MigrationException(
                    context.migration(), unknown.getMessage() + ". Nothing was changed. Choose one of them.");
        }
    }

    private void take(Operator operator) {
        OptionalLong rows = estimatedRows();
        estimate = rows.isPresent() ? rows.getAsLong() : null;
        reportedAt = 0;
        part = new Part(operator);
        staff();
        signal.raise();
    }

    /** About how many rows there are, as the source says. */
    public OptionalLong estimatedRows() {
        try {
            return source.estimatedRows();
        } catch (RuntimeException failure) {
            log.info(
                    "{} - nobody knows how many rows {} has ({})",
                    context.migration(),
                    entity,
                    FailureSummary.of(failure));
            return OptionalLong.empty();
        }
    }

    @Override
    public Reconciliation every(Duration interval, Scope scope, Operator operator) {
        Objects.requireNonNull(scope, "scope");
        Objects.requireNonNull(operator, "operator");
        if (interval.isZero() || interval.isNegative()) {
            throw new IllegalArgumentException("A reconciliation every " + interval + "; choose more than zero");
        }
        if (scope instanceof Scope.Written written && written.time().compareTo(interval) < 0) {
            throw new IllegalArgumentException("A reconciliation every " + interval + " of keys written in the last "
                    + written.time() + " leaves out some; choose a time well beyond the interval");
        }
        requireStarted.run();
        sourceOf(scope);
        schedule = new Schedule(interval, scope, operator);
        staff();
        signal.raise();
        return this;
    }

    @Override
    public void endSchedule() {
        schedule = null;
        signal.raise();
    }

    private synchronized void staff() {
        if (worker == null && !closed) {
            worker = context.platform().spawn(threadName(""), this::work);
        }
    }

    private String threadName(String of) {
        return "crossfade-" + context.migration() + "-reconciliation-" + entity + of;
    }

    private void work() {
        while (stays()) {
            try {
                step();
            } catch (InterruptedException woken) {
                log.debug("{} - reconciliation woken by an interrupt", context.migration());
            } catch (PhaseMovedException moved) {
                log.debug("{} - reconciliation of {}: {}", context.migration(), entity, moved.getMessage());
                pass = null;
                rest(LOOK_AGAIN);
            } catch (Throwable failure) {
                pass = null;
                failed(failure);
            }
        }
    }

    /** The worker leaves under the lock that hires: one that is wanted again is never missing. */
    private synchronized boolean stays() {
        if (closed || (part == null && schedule == null)) {
            letGo();
            worker = null;
            return false;
        }
        return true;
    }

    private void letGo() {
        Claim held = claim;
        claim = null;
        pass = null;
        lagging = new ArrayList<>();
        if (held != null) {
            try {
                book.release(held);
            } catch (MigrationException silent) {
                log.debug(
                        "{} - the reconciliation of {} could not be given back; it is taken over in half a minute",
                        context.migration(),
                        entity);
            }
        }
    }

    private void rest(Duration time) {
        try {
            signal.await(() -> closed, time);
        } catch (InterruptedException woken) {
            log.debug("{} - reconciliation woken by an interrupt", context.migration());
        }
    }

    private void failed(Throwable failure) {
        brakes.ended(true, limits);
        pageSize.failed();
        if (closed) {
            return;
        }
        FailureSummary summary = FailureSummary.of(failure);
        if (failure instanceof Overrun overrun) {
            fail(overrun.reason());
        } else if (FailureKind.of(failure) == FailureKind.REFUSED && ++refusals >= MOST_REFUSALS) {
            fail("a page cannot be read (" + summary + "); mend that and resume it");
        } else if (!failing) {
            failing = true;
            log.warn(
                    "{} - reconciliation of {}: a page failed ({}); nothing of it counts, it is tried again",
                    context.migration(),
                    entity,
                    summary);
        }
        rest(AFTER_FAILURE);
    }

    private void fail(String reason) {
        refusals = 0;
        Run run = last;
        Part mine = part;
        if (run != null && mine != null) {
            try {
                if (book.turn(run.id(), ALIVE, State.FAILED, mine.operator, reason)) {
                    ended();
                }
            } catch (MigrationException silent) {
                log.debug("{} - the end of the reconciliation could not be noted", context.migration(), silent);
            }
        }
    }

    private void step() throws Throwable {
        Part mine = part;
        if (mine == null) {
            lookAtSchedule();
            return;
        }
        long began = context.platform().nanoTime();
        Run run = look();
        Duration onNew = Duration.ofNanos(context.platform().nanoTime() - began);
        FenceView fence = context.fence().view();
        if (run == null || run.state().isEnd() || run.generation() != fence.generation()) {
            leave(mine);
            return;
        }
        tellProgress();
        BackfillLimits now = limits;
        brake = brakes.now(now, 0);
        boolean moving = !fence.stage().isDualWrite() || fence.phase() != Phase.OPEN;
        if (run.state() != State.RUNNING || moving || brake != Brake.NONE || now.threads() == 0) {
            rest(LOOK_AGAIN);
            return;
        }
        Claim held = claim == null ? book.claim(run.id()).orElse(null) : claim;
        claim = held;
        if (held == null) {
            rest(LOOK_AGAIN);
            return;
        }
        if (pass == null) {
            pass = passFrom(run, held.position());
        }
        measure(onNew, now);
        compare(run, held, Objects.requireNonNull(pass), now);
    }

    /** This instance takes no further part, unless someone has started the next one meanwhile. */
    private void leave(Part mine) {
        letGo();
        brake = Brake.NONE;
        if (part == mine) {
            part = null;
        }
        signal.raise();
    }

    private void lookAtSchedule() {
        Schedule wanted = schedule;
        long now = context.platform().nanoTime();
        if (wanted == null) {
            return;
        }
        long pause = Math.min(wanted.interval().toNanos() / 10, LOOK_AT_SCHEDULE.toNanos());
        FenceView seen = context.fence().view();
        if (scheduleLookedAt != 0 && now - scheduleLookedAt < pause) {
            rest(Duration.ofNanos(Math.max(1_000_000, pause - (now - scheduleLookedAt))));
        } else if (!seen.stage().isDualWrite() || seen.phase() != Phase.OPEN) {
            rest(LOOK_AGAIN);
        } else {
            scheduleLookedAt = now;
            begin(seen, wanted.scope(), wanted.operator(), wanted.interval());
            Run run = look();
            if (run != null && !run.state().isEnd()) {
                take(wanted.operator());
            }
        }
    }

    private void measure(Duration onNew, BackfillLimits now) throws Throwable {
        long began = context.platform().nanoTime();
        source.read(Side.LEGACY, KeyRange.ALL, 1);
        Duration onLegacy = Duration.ofNanos(context.platform().nanoTime() - began);
        boolean legacyIsPrimary = context.fence().view().stage().primary() == Side.LEGACY;
        brakes.latency(legacyIsPrimary ? onLegacy : onNew, legacyIsPrimary ? onNew : onLegacy, now);
    }

    private Pass passFrom(Run run, @Nullable EntityKey position) {
        Confirmation confirmation = confirmation(run);
        if (run.scope() instanceof Scope.Sample sample) {
            return new SamplePass(source, confirmation, context.platform().random(), SOON, sample.keys());
        }
        if (run.scope() instanceof Scope.Written written) {
            Instant since = run.started().minus(written.time()).minus(Scope.Written.MARGIN);
            return new WrittenPass(context.ledger(), entity, since, confirmation, SOON, position);
        }
        KeyRange range = rangeOf(run.scope());
        return new RangePass(
                context,
                sourceOf(run.scope()),
                confirmation,
                () -> limits,
                pageSize,
                threadName("-ahead"),
                SOON,
                new KeyRange(position == null ? range.after() : position, range.upTo()));
    }

    private KeyRange rangeOf(Scope scope) {
        return scope instanceof Scope.Keys keys ? new KeyRange(key(keys.after()), key(keys.upTo())) : KeyRange.ALL;
    }

    private Confirmation confirmation(Run run) {
        return new Confirmation(context, check, entity, foundBy(run), signal, () -> closed);
    }

    private static String foundBy(Run run) {
        return "reconciliation " + run.id();
    }

    private void compare(Run run, Claim held, Pass current, BackfillLimits now) throws Throwable {
        Pass.Compared page = current.next();
        brakes.read(page.read(), now);
        Counts counts = page.counts();
        keepLagging(page.lagging());
        List<EntityKey> again = List.of();
        if (page.isLast()) {
            again = List.copyOf(lagging);
            counts = counts.plus(confirmation(run).confirm(again, IN_THE_END).counts())
                    .plus(new Counts(0, 0, 0, 0, 0, -again.size(), 0));
        }
        Claim next = book.advance(held, page.position(), counts, page.isLast()).orElse(null);
        if (next == null) {
            // Taken over, cancelled, or failed by another instance.
            letGo();
            return;
        }
        claim = next;
        if (page.isLast()) {
            lagging = new ArrayList<>();
        }
        count(counts);
        brakes.ended(false, now);
        failing = false;
        refusals = 0;
        if (page.isLast()) {
            Run end = look();
            if (end != null && end.state() == State.COMPLETED) {
                ended();
            } else {
                // Paused meanwhile: the end is compared once more when it goes on.
                pass = null;
            }
        }
        signal.raise();
    }

    private void keepLagging(List<EntityKey> more) {
        lagging.addAll(more.subList(0, Math.min(more.size(), MOST_LAGGING - lagging.size())));
    }

    private void count(Counts counts) {
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

    /** Told once, by the instance that ended it. */
    private void ended() {
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

    private @Nullable Run look() {
        Run run = book.look().orElse(null);
        last = run;
        if (run != null) {
            rate.seen(context.platform().nanoTime(), run.counts().compared());
        }
        return run;
    }

    private void tellProgress() {
        long now = context.platform().nanoTime();
        if (reportedAt == 0) {
            reportedAt = now;
        }
        if (now - reportedAt >= REPORT_INTERVAL.toNanos()) {
            reportedAt = now;
            ReconciliationStatus status = status(last);
            log.info("{} - reconciliation of {} {}", context.migration(), entity, text(status));
            context.events().publish(new ReconciliationProgressed(context.migration(), status));
        }
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

    @Override
    public boolean pause(Operator operator) {
        return turnByHand(List.of(State.RUNNING), State.PAUSED, operator);
    }

    @Override
    public boolean resume(Operator operator) {
        boolean resumed = turnByHand(List.of(State.PAUSED, State.FAILED), State.RUNNING, operator);
        if (resumed) {
            take(operator);
        }
        return resumed;
    }

    @Override
    public boolean cancel(Operator operator) {
        return turnByHand(ALIVE, State.CANCELLED, operator);
    }

    private boolean turnByHand(List<State> from, State to, Operator operator) {
        Objects.requireNonNull(operator, "operator");
        requireStarted.run();
        Run run = look();
        boolean turned = run != null && book.turn(run.id(), from, to, operator, null);
        if (turned) {
            if (to.isEnd()) {
                ended();
            } else {
                log.info("{} - reconciliation of {} is {} by {}", context.migration(), entity, to, operator.name());
            }
        }
        signal.raise();
        return turned;
    }

    @Override
    public void limits(BackfillLimits changed) {
        limits = Objects.requireNonNull(changed, "changed");
        signal.raise();
    }

    @Override
    public BackfillLimits limits() {
        return limits;
    }

    @Override
    public ReconciliationStatus status() {
        try {
            look();
        } catch (MigrationException silent) {
            log.debug("{} - reconciliation of {} cannot be asked now", context.migration(), entity);
        }
        return status(last);
    }

    /** As {@link #status}, from what is known without asking the database. */
    public ReconciliationStatus known() {
        return status(last);
    }

    private ReconciliationStatus status(@Nullable Run run) {
        if (run == null) {
            return new ReconciliationStatus(
                    entity, State.NOT_STARTED, null, Counts.NONE, Verdict.INCOMPLETE, null, 0, Brake.NONE, null);
        }
        State state = stateOf(run);
        boolean running = state == State.RUNNING;
        return new ReconciliationStatus(
                entity,
                state,
                run.scope(),
                run.counts(),
                Verdict.of(state, run.counts()),
                run.scope() instanceof Scope.Full ? estimate : null,
                running ? rate.perSecond() : 0,
                running ? brake : Brake.NONE,
                run.reason());
    }

    private State stateOf(Run run) {
        return run.generation() == context.fence().view().generation() ? run.state() : State.VOID;
    }

    @Override
    public ReconciliationStatus awaitEnd(Duration timeout) throws InterruptedException {
        long deadline = context.platform().nanoTime() + timeout.toNanos();
        ReconciliationStatus status = status();
        while (!status.state().isEnd() && !closed) {
            long left = deadline - context.platform().nanoTime();
            if (left <= 0) {
                break;
            }
            signal.await(() -> closed, Duration.ofNanos(Math.min(left, LOOK_AGAIN.toNanos())));
            status = status();
        }
        return status;
    }

    @Override
    public Optional<ReconciliationReport> report() {
        requireStarted.run();
        return Optional.ofNullable(look()).map(this::report);
    }

    private ReconciliationReport report(Run run) {
        List<Discrepancy> findings = context.discrepancies().list(Discrepancy.State.OPEN, MOST_FINDINGS).stream()
                .filter(one -> one.key().entity().equals(entity)
                        && one.finding().foundBy().equals(foundBy(run)))
                .toList();
        State state = stateOf(run);
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

    /**
     * What keeps the primary from moving; {@code null} if the last full run of this generation was clean and began no longer
     * ago than this.
     */
    public @Nullable String objection(Duration maxAge) {
        String remedy = "; run migration.reconciliation(..).start(Scope.full(), ..) to its end";
        try {
            Run run = book.lastFull(context.fence().view().generation()).orElse(null);
            if (run == null) {
                return "the stores were never compared in full on " + entity + " in this generation" + remedy;
            }
            if (run.verdict() != Verdict.CLEAN) {
                return "the last full reconciliation of " + entity + " was " + run.verdict()
                        + "; settle what it has found and compare again";
            }
            return run.age().compareTo(maxAge) > 0
                    ? "the last full reconciliation of " + entity + " began more than " + maxAge + " ago" + remedy
                    : null;
        } catch (MigrationException silent) {
            return "the reconciliations of " + entity + " cannot be looked up; wait until the new store answers";
        }
    }

    /** How many rows the last full run has compared; empty before the first. */
    public OptionalLong rowsOfLastFull() {
        return book.lastFull(context.fence().view().generation())
                .map(run -> OptionalLong.of(run.counts().compared()))
                .orElse(OptionalLong.empty());
    }

    @Override
    public long resync(Scope scope, Operator operator) throws InterruptedException {
        requireStarted.run();
        FenceView fence = context.fence().view();
        requireDualWrite(fence, "resynced");
        if (scope instanceof Scope.Sample || scope instanceof Scope.Written) {
            throw new IllegalArgumentException(
                    "What is '" + scope.text() + "' cannot be resynced; choose a window, a range of keys, or full");
        }
        BackfillSource rows = sourceOf(scope);
        context.discrepancies()
                .audit(operator, "resync", "keys of " + entity + ", " + scope.text() + ", are refreshed");
        Marks marks = new Marks(
                context,
                fence.epoch(),
                () -> closed,
                () -> {},
                "What was marked is refreshed. Look which side is primary, and ask again if that is still wanted.");
        KeyRange rest = rangeOf(normal(scope));
        try {
            List<Row> page = rows.read(fence.stage().primary(), rest, MOST_LAGGING);
            while (!page.isEmpty()) {
                marks.mark(page.stream().map(Row::key).toList());
                rest = new KeyRange(RangeComparison.lastOf(page), rest.upTo());
                page = rows.read(fence.stage().primary(), rest, MOST_LAGGING);
            }
        } catch (InterruptedException | RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable failure) {
            throw new MigrationException(
                    context.migration(),
                    "rows of " + entity + " could not be read (" + FailureSummary.of(failure) + "). " + marks.marked()
                            + " keys were marked and are refreshed. Ask again when the primary answers.",
                    failure);
        }
        log.info(
                "{} - resync of {} ({}) asked for by {}: {} keys are refreshed",
                context.migration(),
                entity,
                scope.text(),
                operator.name(),
                marks.marked());
        return marks.marked();
    }

    /** No page begins any more; waits for the one under way. What is left is taken up by other instances. */
    public void close(Duration timeout) {
        Platform.Worker leaving;
        synchronized (this) {
            closed = true;
            leaving = worker;
        }
        signal.raise();
        try {
            if (leaving != null) {
                leaving.join(timeout);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
