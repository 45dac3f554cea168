package dev.crossfade.internal.reconcile;

import dev.crossfade.MigrationException;
import dev.crossfade.Operator;
import dev.crossfade.PhaseMovedException;
import dev.crossfade.internal.findings.KeyCheck;
import dev.crossfade.internal.pages.Crew;
import dev.crossfade.internal.pages.Wake;
import dev.crossfade.internal.view.Context;
import dev.crossfade.reconcile.Reconciliation;
import dev.crossfade.reconcile.ReconciliationReport;
import dev.crossfade.reconcile.ReconciliationStatus;
import dev.crossfade.reconcile.Scope;
import dev.crossfade.run.RunLimits;
import dev.crossfade.run.RunState;
import dev.crossfade.spi.BackfillSource;
import dev.crossfade.spi.FailureSummary;
import dev.crossfade.spi.FenceView;
import dev.crossfade.spi.FenceView.Phase;
import dev.crossfade.spi.ReconciliationBook;
import dev.crossfade.spi.ReconciliationBook.Run;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One entity's reconciliations as this process takes part in them: one thread, while there is something to do. */
public final class RunningReconciliation implements Reconciliation {
    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");

    private final Context context;
    private final String entity;
    private final BackfillSource source;
    private final ReconciliationBook book;
    private final Runnable requireStarted;
    private final Scopes scopes;
    private final Progress progress;
    private final Wake wake;
    private final Schedule schedule;
    private final Shift shift;
    private final Crew crew;

    private volatile RunLimits limits = RunLimits.DEFAULT.withThreads(1);

    /** Written under {@code this}. */
    private volatile @Nullable Part part;

    public RunningReconciliation(
            Context context,
            String entity,
            BackfillSource source,
            KeyCheck check,
            ReconciliationBook book,
            Runnable requireStarted) {
        String threads = "crossfade-" + context.migration() + "-reconciliation-" + entity + "-";
        this.context = context;
        this.entity = entity;
        this.source = source;
        this.book = book;
        this.requireStarted = requireStarted;
        this.scopes = new Scopes(context, entity, source);
        this.progress = new Progress(context, entity, book);
        this.wake = new Wake(context.platform());
        this.schedule = new Schedule(context, progress, wake, this::begin);
        this.shift = new Shift(
                context, entity, source, scopes, check, book, progress, wake, this::limits, threads + "ahead");
        this.crew = new Crew(
                context.platform(),
                threads,
                () -> wake.isClosed() || (part == null && !schedule.isSet()) ? 0 : 1,
                this::step,
                this::letGoIfClosed);
    }

    @Override
    public Reconciliation start(Scope scope, Operator operator) {
        Objects.requireNonNull(operator, "operator");
        requireStarted.run();
        FenceView seen = requireDualWrite("compared");
        scopes.requireFit(scope);
        if (begin(seen, scope, operator, null).isEmpty()) {
            throw new MigrationException(
                    context.migration(),
                    "the fence of the new store is not, or no longer, in a stage with dual write at generation "
                            + seen.generation() + ". Nothing was changed. Try again.");
        }
        takePart(operator);
        return this;
    }

    private FenceView requireDualWrite(String what) {
        FenceView seen = context.fence().view();
        if (!seen.stage().isDualWrite() || seen.phase() == Phase.UNKNOWN) {
            throw new MigrationException(
                    context.migration(),
                    "nothing can be " + what + " in " + seen.stage()
                            + ", for nothing keeps the stores equal there. Nothing was changed. Move to LEGACY_PRIMARY "
                            + "first.");
        }
        return seen;
    }

    private Optional<Boolean> begin(FenceView seen, Scope scope, Operator operator, @Nullable Duration unlessWithin) {
        Optional<Boolean> began = book.begin(seen, scopes.normal(scope), operator, unlessWithin);
        if (began.orElse(false)) {
            progress.started(scope, operator);
        }
        return began;
    }

    private synchronized void takePart(Operator operator) {
        progress.joined(estimatedRows());
        part = new Part(operator);
        crew.hire();
        wake.changed();
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
        scopes.requireFit(scope);
        schedule.set(interval, scope, operator);
        crew.hire();
        wake.changed();
        return this;
    }

    @Override
    public void endSchedule() {
        schedule.end();
        wake.changed();
    }

    private void step() {
        Part mine = part;
        try {
            try {
                if (mine == null) {
                    Operator operator = schedule.look();
                    if (operator != null) {
                        takePart(operator);
                    }
                } else if (shift.step()) {
                    leave(mine);
                }
            } catch (InterruptedException woken) {
                throw woken;
            } catch (PhaseMovedException moved) {
                shift.moved(moved);
            } catch (Throwable failure) {
                shift.failed(mine, failure);
            }
        } catch (InterruptedException woken) {
            log.debug("{} - reconciliation woken by an interrupt", context.migration());
        }
    }

    /** This instance takes no further part, unless someone has started the next one meanwhile. */
    private synchronized void leave(Part mine) {
        if (part == mine) {
            part = null;
        }
        wake.changed();
    }

    private void letGoIfClosed() {
        if (wake.isClosed()) {
            shift.letGo();
        }
    }

    @Override
    public boolean pause(Operator operator) {
        return turn(List.of(RunState.RUNNING), RunState.PAUSED, operator);
    }

    @Override
    public boolean resume(Operator operator) {
        boolean resumed = turn(List.of(RunState.PAUSED, RunState.FAILED), RunState.RUNNING, operator);
        if (resumed) {
            takePart(operator);
        }
        return resumed;
    }

    @Override
    public boolean cancel(Operator operator) {
        return turn(Shift.ALIVE, RunState.CANCELLED, operator);
    }

    private boolean turn(List<RunState> from, RunState to, Operator operator) {
        Objects.requireNonNull(operator, "operator");
        requireStarted.run();
        progress.mayEnd();
        try {
            Run run = progress.look();
            boolean turned = run != null && book.turn(run.id(), from, to, operator, null);
            if (turned && to.isEnd()) {
                progress.ended();
            } else if (turned) {
                progress.turned(to, operator);
            }
            return turned;
        } finally {
            progress.told();
            wake.changed();
        }
    }

    @Override
    public void limits(RunLimits changed) {
        limits = Objects.requireNonNull(changed, "changed");
        wake.changed();
    }

    @Override
    public RunLimits limits() {
        return limits;
    }

    @Override
    public ReconciliationStatus status() {
        try {
            progress.look();
        } catch (MigrationException silent) {
            log.debug("{} - reconciliation of {} cannot be asked now", context.migration(), entity);
        }
        return known();
    }

    /** As {@link #status}, from what is known without asking the database. */
    public ReconciliationStatus known() {
        return progress.status();
    }

    @Override
    public ReconciliationStatus awaitEnd(Duration timeout) throws InterruptedException {
        long deadline = context.platform().nanoTime() + timeout.toNanos();
        ReconciliationStatus status = status();
        while (!isOver(status) && !wake.isClosed()) {
            long left = deadline - context.platform().nanoTime();
            if (left <= 0) {
                break;
            }
            wake.await(() -> isOver(known()), Duration.ofNanos(Math.min(left, Shift.LOOK_AGAIN.toNanos())));
            status = status();
        }
        return status;
    }

    /** The book comes first, listeners after it: an end that this process has brought about counts when it has been told. */
    private boolean isOver(ReconciliationStatus status) {
        return status.state().isEnd() && !progress.isEnding();
    }

    @Override
    public Optional<ReconciliationReport> report() {
        requireStarted.run();
        return Optional.ofNullable(progress.look()).map(progress::report);
    }

    @Override
    public long resync(Scope scope, Operator operator) throws InterruptedException {
        requireStarted.run();
        return new Resync(context, entity, scopes, wake).run(requireDualWrite("resynced"), scope, operator);
    }

    /** What keeps the primary from moving; {@code null} if a full run of this generation was clean and is recent enough. */
    public @Nullable String objection(Duration maxAge) {
        return progress.objection(maxAge);
    }

    /** How many rows the last full run has compared; empty before the first. */
    public OptionalLong rowsOfLastFull() {
        return book.lastFull(context.fence().view().generation())
                .map(run -> OptionalLong.of(run.counts().compared()))
                .orElse(OptionalLong.empty());
    }

    /** No page begins any more; waits for the one under way. What is left is taken up by other instances. */
    public void close(Duration timeout) {
        long deadline = context.platform().nanoTime() + timeout.toNanos();
        wake.close();
        try {
            crew.join(timeout);
            shift.close(
                    Duration.ofNanos(Math.max(1, deadline - context.platform().nanoTime())));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
