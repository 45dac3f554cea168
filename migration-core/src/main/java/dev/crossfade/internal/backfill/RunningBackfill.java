package dev.crossfade.internal.backfill;

import dev.crossfade.MigrationException;
import dev.crossfade.Operator;
import dev.crossfade.backfill.Backfill;
import dev.crossfade.backfill.BackfillStatus;
import dev.crossfade.control.Stage;
import dev.crossfade.internal.pages.Crew;
import dev.crossfade.internal.pages.Wake;
import dev.crossfade.internal.view.Context;
import dev.crossfade.run.RunLimits;
import dev.crossfade.run.RunState;
import dev.crossfade.spi.BackfillBook;
import dev.crossfade.spi.BackfillBook.Run;
import dev.crossfade.spi.BackfillSource;
import dev.crossfade.spi.Coverage;
import dev.crossfade.spi.FailureSummary;
import dev.crossfade.spi.FenceView;
import dev.crossfade.spi.FenceView.Phase;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One entity's backfill as this process takes part in it: a few threads that take pages until none is left. */
public final class RunningBackfill implements Backfill {
    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");

    private final Context context;
    private final String entity;
    private final BackfillSource source;
    private final BackfillBook book;
    private final Coverage coverage;
    private final Runnable requireStarted;
    private final Progress progress;
    private final Wake wake;
    private final Shift shift;
    private final Crew crew;

    private volatile RunLimits limits = RunLimits.DEFAULT;
    private volatile long maxRefused = DEFAULT_MAX_REFUSED;

    /** Written under {@code this}. */
    private volatile @Nullable Part part;

    public RunningBackfill(
            Context context,
            String entity,
            BackfillSource source,
            BackfillBook book,
            Coverage coverage,
            Runnable requireStarted) {
        this.context = context;
        this.entity = entity;
        this.source = source;
        this.book = book;
        this.coverage = coverage;
        this.requireStarted = requireStarted;
        this.progress = new Progress(context, entity);
        this.wake = new Wake(context.platform());
        this.shift = new Shift(context, entity, source, book, coverage, progress, wake, this::limits, () -> maxRefused);
        this.crew = new Crew(
                context.platform(),
                "crossfade-" + context.migration() + "-backfill-" + entity + "-",
                () -> wake.isClosed() || part == null ? 0 : limits.threads(),
                this::step,
                this::restIfOver);
    }

    @Override
    public Backfill start(Operator operator) {
        Objects.requireNonNull(operator, "operator");
        requireStarted.run();
        FenceView seen = context.fence().view();
        if (seen.stage() != Stage.LEGACY_PRIMARY || seen.phase() != Phase.OPEN) {
            throw new MigrationException(
                    context.migration(),
                    "no backfill begins in " + seen.stage() + (seen.phase() == Phase.OPEN ? "" : " while it moves")
                            + ". Nothing was changed. Move to LEGACY_PRIMARY first.");
        }
        requireFit();
        Part mine = new Part(
                seen.generation(), operator, coverage.losses(), context.ledger().untracked());
        boolean began = book.begin(seen, operator)
                .orElseThrow(() -> new MigrationException(
                        context.migration(),
                        "the fence of the new store is not, or no longer, in LEGACY_PRIMARY at generation "
                                + seen.generation() + ". Nothing was changed. Try again."));
        progress.estimated(estimatedRows());
        if (began) {
            progress.started(operator);
        }
        takePart(mine, began);
        wake.changed();
        return this;
    }

    /** Who takes part already goes on as before: what was lost since then counts. */
    private synchronized void takePart(Part mine, boolean began) {
        Part now = part;
        if (began || now == null || now.generation() != mine.generation()) {
            part = mine;
            progress.begin();
        }
        crew.hire();
    }

    private void requireFit() {
        try {
            source.check();
        } catch (IllegalStateException mistake) {
            throw new MigrationException(
                    context.migration(),
                    "the backfill of " + entity + " cannot copy what it is to copy: " + mistake.getMessage()
                            + ". Nothing was changed.",
                    mistake);
        } catch (Throwable silent) {
            log.debug("{} - backfill of {} could not be checked beforehand", context.migration(), entity);
        }
    }

    private OptionalLong estimatedRows() {
        try {
            return source.estimatedRows();
        } catch (RuntimeException failure) {
            log.info(
                    "{} - backfill of {} cannot tell how many rows there are ({}); it goes on without percent",
                    context.migration(),
                    entity,
                    FailureSummary.of(failure));
            return OptionalLong.empty();
        }
    }

    private void step() {
        Part mine = part;
        if (mine == null) {
            return;
        }
        try {
            RunState end = stepOf(mine);
            if (end != null) {
                leave(mine, end);
            }
        } catch (InterruptedException woken) {
            log.debug("{} - backfill woken by an interrupt", context.migration());
        }
    }

    private void restIfOver() {
        if (part == null || limits.threads() == 0) {
            shift.rest();
        }
    }

    private @Nullable RunState stepOf(Part mine) throws InterruptedException {
        try {
            return shift.step(mine);
        } catch (InterruptedException woken) {
            throw woken;
        } catch (Throwable failure) {
            shift.failed(mine, failure);
            return null;
        }
    }

    /** This instance takes no further part, unless someone has started it again meanwhile. */
    private synchronized void leave(Part mine, RunState state) {
        if (part == mine) {
            part = null;
            progress.left(state);
        }
        wake.changed();
    }

    @Override
    public boolean pause(Operator operator) {
        return turn(List.of(RunState.RUNNING), RunState.PAUSED, operator);
    }

    @Override
    public boolean resume(Operator operator) {
        return turn(List.of(RunState.PAUSED), RunState.RUNNING, operator);
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
            Run run = look();
            boolean turned = run != null && book.turn(run.generation(), from, to, operator, null);
            if (turned) {
                look();
                progress.turned(to, operator);
            }
            return turned;
        } finally {
            progress.told();
            wake.changed();
        }
    }

    private @Nullable Run look() {
        Run run = book.look().orElse(null);
        progress.seen(run);
        return run;
    }

    @Override
    public void maxRefused(long rows) {
        if (rows < 0) {
            throw new IllegalArgumentException(
                    "maxRefused is " + rows + "; choose 0 or more (default " + DEFAULT_MAX_REFUSED + ")");
        }
        maxRefused = rows;
    }

    @Override
    public void limits(RunLimits changed) {
        limits = Objects.requireNonNull(changed, "changed");
        crew.hire();
        wake.changed();
    }

    @Override
    public RunLimits limits() {
        return limits;
    }

    @Override
    public BackfillStatus status() {
        try {
            look();
        } catch (MigrationException silent) {
            log.debug("{} - backfill of {} cannot be asked now", context.migration(), entity);
        }
        return known();
    }

    /** As {@link #status}, from what is known without asking the database. */
    public BackfillStatus known() {
        return progress.status();
    }

    @Override
    public BackfillStatus awaitEnd(Duration timeout) throws InterruptedException {
        long deadline = context.platform().nanoTime() + timeout.toNanos();
        BackfillStatus status = status();
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
    private boolean isOver(BackfillStatus status) {
        return status.state().isEnd() && !progress.isEnding();
    }

    /** No page begins any more; waits for those under way. What is left is taken up by other instances. */
    public void close(Duration timeout) {
        wake.close();
        try {
            crew.join(timeout);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
