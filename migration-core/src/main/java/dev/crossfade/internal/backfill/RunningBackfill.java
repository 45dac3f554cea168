package dev.crossfade.internal.backfill;

import dev.crossfade.MigrationException;
import dev.crossfade.Operator;
import dev.crossfade.PhaseMovedException;
import dev.crossfade.Side;
import dev.crossfade.backfill.Backfill;
import dev.crossfade.backfill.BackfillLimits;
import dev.crossfade.backfill.BackfillStatus;
import dev.crossfade.backfill.BackfillStatus.Brake;
import dev.crossfade.backfill.BackfillStatus.State;
import dev.crossfade.control.Stage;
import dev.crossfade.event.MigrationEvent.BackfillEnded;
import dev.crossfade.event.MigrationEvent.BackfillProgressed;
import dev.crossfade.event.MigrationEvent.BackfillStarted;
import dev.crossfade.internal.view.Context;
import dev.crossfade.spi.BackfillBook;
import dev.crossfade.spi.BackfillBook.Claim;
import dev.crossfade.spi.BackfillBook.Run;
import dev.crossfade.spi.BackfillSource;
import dev.crossfade.spi.Coverage;
import dev.crossfade.spi.FailureSummary;
import dev.crossfade.spi.FenceView;
import dev.crossfade.spi.FenceView.Phase;
import dev.crossfade.spi.KeyRange;
import dev.crossfade.spi.Platform;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One entity's backfill as this process takes part in it: a few threads that take pages until none is left. */
public final class RunningBackfill implements Backfill {
    /** How often progress is told. */
    public static final Duration REPORT_INTERVAL = Duration.ofSeconds(10);

    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
    private static final Duration AFTER_FAILURE = Duration.ofMillis(200);
    private static final Duration SETTLE = Duration.ofSeconds(5);
    private static final List<State> ALIVE = List.of(State.RUNNING, State.PAUSED);

    private final Context context;
    private final String entity;
    private final BackfillSource source;
    private final BackfillBook book;
    private final Coverage coverage;
    private final Runnable requireStarted;
    private final Platform.Signal signal;
    private final Brakes brakes;
    private final PageSize pageSize = new PageSize();
    private final Rate rate = new Rate();
    private final LongAdder copied;
    private final LongAdder present;
    private final LongAdder markedKeys;
    private final LongAdder refusedRows;

    private volatile BackfillLimits limits = BackfillLimits.DEFAULT;
    private volatile @Nullable Part part;
    private volatile @Nullable Run last;
    private volatile Brake brake = Brake.NONE;
    private volatile @Nullable Long estimate;

    /** Whether pages fail; told once. */
    private volatile boolean failing;

    private volatile boolean closed;

    /** Guarded by {@code this}. */
    private final Map<Integer, Platform.Worker> workers = new HashMap<>();

    /** Guarded by {@code this}. */
    private long reportedAt;

    /** What this process works on, from start to end. */
    private record Part(long generation, Operator operator, long lossesBefore, long untrackedBefore) {}

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
        this.signal = context.platform().newSignal();
        this.brakes = new Brakes(context.platform(), context.ledger());
        this.copied = counter("inserted");
        this.present = counter("present");
        this.markedKeys = counter("marked");
        this.refusedRows = counter("refused");
    }

    private LongAdder counter(String outcome) {
        return context.counters().counter("crossfade.backfill.rows", "entity", entity, "outcome", outcome);
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
        Part mine = new Part(
                seen.generation(), operator, coverage.losses(), context.ledger().untracked());
        boolean began = book.begin(seen, operator)
                .orElseThrow(() -> new MigrationException(
                        context.migration(),
                        "the fence of the new store is not, or no longer, in LEGACY_PRIMARY at generation "
                                + seen.generation() + ". Nothing was changed. Try again."));
        OptionalLong rows = estimatedRows();
        estimate = rows.isPresent() ? rows.getAsLong() : null;
        if (began) {
            log.info("{} - backfill of {} started by {}", context.migration(), entity, operator.name());
            context.events().publish(new BackfillStarted(context.migration(), entity, operator));
        }
        synchronized (this) {
            part = mine;
            reportedAt = context.platform().nanoTime();
            staff();
        }
        signal.raise();
        return this;
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

    /** Guarded by {@code this}. */
    private void staff() {
        for (int i = 0; i < limits.threads() && part != null && !closed; i++) {
            int index = i;
            workers.computeIfAbsent(
                    index,
                    free -> context.platform()
                            .spawn(
                                    "crossfade-" + context.migration() + "-backfill-" + entity + "-" + index,
                                    () -> work(index)));
        }
    }

    private void work(int index) {
        while (stays(index)) {
            try {
                step();
            } catch (InterruptedException woken) {
                log.debug("{} - backfill woken by an interrupt", context.migration());
            } catch (Throwable failure) {
                failed(failure);
            }
        }
    }

    /** A worker leaves under the lock that hires: one that is wanted again is never missing. */
    private synchronized boolean stays(int index) {
        if (closed || part == null || index >= limits.threads()) {
            workers.remove(index);
            return false;
        }
        return true;
    }

    private void failed(Throwable failure) {
        brakes.ended(true, limits);
        pageSize.failed();
        if (closed) {
            return;
        }
        if (!failing) {
            failing = true;
            log.warn(
                    "{} - backfill of {}: a page failed ({}); nothing of it counts, it is tried again until it works",
                    context.migration(),
                    entity,
                    FailureSummary.of(failure));
        }
        rest(AFTER_FAILURE);
    }

    private void rest(Duration time) {
        try {
            signal.await(() -> closed, time);
        } catch (InterruptedException woken) {
            log.debug("{} - backfill woken by an interrupt", context.migration());
        }
    }

    private void step() throws Throwable {
        Part mine = part;
        if (mine == null) {
            return;
        }
        long began = context.platform().nanoTime();
        Run run = look();
        Duration secondary = Duration.ofNanos(context.platform().nanoTime() - began);
        FenceView fence = context.fence().view();
        if (run == null || run.generation() != mine.generation() || fence.generation() != mine.generation()) {
            end(mine, State.VOID);
            return;
        }
        report();
        if (run.state() != State.RUNNING) {
            if (run.state().isEnd()) {
                end(mine, run.state());
            } else {
                rest(LOOK_AGAIN);
            }
            return;
        }
        brake = brakes.now(limits, run.refused());
        boolean moving = fence.stage() != Stage.LEGACY_PRIMARY || fence.phase() != Phase.OPEN;
        if (moving || brake != Brake.NONE) {
            rest(LOOK_AGAIN);
            return;
        }
        Claim claim = book.claim(mine.generation()).orElse(null);
        if (claim != null) {
            page(claim, fence.epoch(), secondary);
        } else if (run.openRanges() == 0) {
            complete(mine, run.refused());
        } else {
            rest(LOOK_AGAIN);
        }
    }

    private void page(Claim claim, long epoch, Duration secondary) throws Throwable {
        BackfillLimits now = limits;
        Page page = new Page(context, source, book, epoch, now, () -> closed);
        boolean done = false;
        try {
            long began = context.platform().nanoTime();
            source.read(
                    Side.LEGACY,
                    new KeyRange(claim.range().after(), claim.range().upTo()),
                    1);
            brakes.latency(Duration.ofNanos(context.platform().nanoTime() - began), secondary, now);
            done = page.copy(claim, pageSize.next(now));
            if (done) {
                pageSize.took(page.read(), page.slower(), now);
                copied.add(page.inserted());
                present.add(page.read() - page.inserted() - page.refused());
                markedKeys.add(page.marked());
                refusedRows.add(page.refused());
                brakes.ended(false, now);
                failing = false;
            }
        } catch (PhaseMovedException moved) {
            log.debug("{} - backfill of {}: {}", context.migration(), entity, moved.getMessage());
        } catch (Overrun overrun) {
            turn(ALIVE, State.FAILED, overrun.reason());
        } finally {
            brakes.read(page.read(), now);
            if (!done) {
                release(claim);
            }
            signal.raise();
        }
    }

    private void release(Claim claim) {
        try {
            book.release(claim);
        } catch (MigrationException silent) {
            log.debug(
                    "{} - a range of {} could not be given back; it is taken over in half a minute",
                    context.migration(),
                    entity);
        }
    }

    /** Every range is verified: when what was marked has crossed, or waits for a person, the new side holds every row. */
    private void complete(Part mine, long refused) throws InterruptedException {
        var through = context.ledger().lastVersion();
        context.ledger()
                .progress()
                .await(
                        () -> closed
                                || context.ledger().dirtyCount() <= refused
                                || context.ledger().isSettledThrough(through),
                        SETTLE);
        if (closed) {
            return;
        }
        if (context.ledger().untracked() != mine.untrackedBefore()
                || !coverage.copied(mine.lossesBefore(), mine.operator())) {
            turn(ALIVE, State.FAILED, "writes were not tracked while it ran; start it again");
        } else {
            turn(List.of(State.RUNNING), State.COMPLETED, null);
        }
    }

    private void turn(List<State> from, State to, @Nullable String reason) {
        Part mine = part;
        if (mine != null && book.turn(mine.generation(), from, to, mine.operator(), reason)) {
            look();
            ended(to, mine.operator());
        }
    }

    /** Told once, by the instance that ended it. */
    private void ended(State to, Operator operator) {
        BackfillStatus status = status(last);
        if (to == State.FAILED) {
            log.error(
                    "{} - backfill of {} failed: {}. Rows that have crossed stay; nothing is read from them",
                    context.migration(),
                    entity,
                    status.reason());
        } else {
            log.info("{} - backfill of {} {}", context.migration(), entity, text(status));
        }
        context.events().publish(new BackfillEnded(context.migration(), status, operator));
    }

    /** This instance takes no further part, unless someone has started it again meanwhile. */
    private synchronized void end(Part mine, State state) {
        if (part == mine) {
            part = null;
            brake = Brake.NONE;
            if (state == State.VOID) {
                log.warn(
                        "{} - backfill of {} is void, because the generation was raised; start it again",
                        context.migration(),
                        entity);
            }
        }
        signal.raise();
    }

    private @Nullable Run look() {
        Run run = book.look().orElse(null);
        last = run;
        if (run != null) {
            rate.seen(context.platform().nanoTime(), run.rows());
        }
        return run;
    }

    private void report() {
        synchronized (this) {
            long now = context.platform().nanoTime();
            if (now - reportedAt < REPORT_INTERVAL.toNanos()) {
                return;
            }
            reportedAt = now;
        }
        BackfillStatus status = status(last);
        log.info("{} - backfill of {} {}", context.migration(), entity, text(status));
        context.events().publish(new BackfillProgressed(context.migration(), status));
    }

    private static String text(BackfillStatus status) {
        Double percent = status.percent();
        Duration remaining = status.remaining();
        return String.format(
                Locale.ROOT,
                "%s: %d rows%s, %.0f rows/s%s, brake %s, %d marked, %d refused",
                status.state(),
                status.rows(),
                percent == null ? "" : String.format(Locale.ROOT, " (%.1f %%)", percent),
                status.rowsPerSecond(),
                remaining == null ? "" : ", " + remaining.toSeconds() + " s to go",
                status.brake(),
                status.marked(),
                status.refused());
    }

    @Override
    public boolean pause(Operator operator) {
        return turnByHand(List.of(State.RUNNING), State.PAUSED, operator);
    }

    @Override
    public boolean resume(Operator operator) {
        return turnByHand(List.of(State.PAUSED), State.RUNNING, operator);
    }

    @Override
    public boolean cancel(Operator operator) {
        return turnByHand(ALIVE, State.CANCELLED, operator);
    }

    private boolean turnByHand(List<State> from, State to, Operator operator) {
        Objects.requireNonNull(operator, "operator");
        requireStarted.run();
        Run run = look();
        boolean turned = run != null && book.turn(run.generation(), from, to, operator, null);
        if (turned) {
            look();
            if (to.isEnd()) {
                ended(to, operator);
            } else {
                log.info("{} - backfill of {} is {} by {}", context.migration(), entity, to, operator.name());
            }
        }
        signal.raise();
        return turned;
    }

    @Override
    public void limits(BackfillLimits changed) {
        limits = Objects.requireNonNull(changed, "changed");
        synchronized (this) {
            staff();
        }
        signal.raise();
    }

    @Override
    public BackfillLimits limits() {
        return limits;
    }

    @Override
    public BackfillStatus status() {
        try {
            look();
        } catch (MigrationException silent) {
            log.debug("{} - backfill of {} cannot be asked now", context.migration(), entity);
        }
        return status(last);
    }

    /** As {@link #status}, from what is known without asking the database. */
    public BackfillStatus known() {
        return status(last);
    }

    private BackfillStatus status(@Nullable Run run) {
        if (run == null) {
            return new BackfillStatus(entity, State.NOT_STARTED, 0, 0, 0, 0, estimate, 0, Brake.NONE, 0, null);
        }
        boolean isVoid = run.generation() != context.fence().view().generation();
        State state = isVoid ? State.VOID : run.state();
        return new BackfillStatus(
                entity,
                state,
                run.rows(),
                run.inserted(),
                run.marked(),
                run.refused(),
                estimate,
                state == State.RUNNING ? rate.perSecond() : 0,
                state == State.RUNNING ? brake : Brake.NONE,
                run.openRanges(),
                run.reason());
    }

    @Override
    public BackfillStatus awaitEnd(Duration timeout) throws InterruptedException {
        long deadline = context.platform().nanoTime() + timeout.toNanos();
        BackfillStatus status = status();
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

    /** No page begins any more; waits for those under way. What is left is taken up by other instances. */
    public void close(Duration timeout) {
        List<Platform.Worker> leaving;
        synchronized (this) {
            closed = true;
            leaving = List.copyOf(workers.values());
        }
        signal.raise();
        try {
            for (Platform.Worker worker : leaving) {
                worker.join(timeout);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
