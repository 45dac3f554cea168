package dev.crossfade.internal.backfill;

import dev.crossfade.MigrationException;
import dev.crossfade.PhaseMovedException;
import dev.crossfade.Side;
import dev.crossfade.control.Stage;
import dev.crossfade.internal.pages.Brakes;
import dev.crossfade.internal.pages.Overrun;
import dev.crossfade.internal.pages.PageSize;
import dev.crossfade.internal.pages.Wake;
import dev.crossfade.internal.view.Context;
import dev.crossfade.internal.view.FailureKind;
import dev.crossfade.run.Brake;
import dev.crossfade.run.RunLimits;
import dev.crossfade.run.RunState;
import dev.crossfade.spi.BackfillBook;
import dev.crossfade.spi.BackfillBook.Claim;
import dev.crossfade.spi.BackfillBook.Run;
import dev.crossfade.spi.BackfillSource;
import dev.crossfade.spi.Coverage;
import dev.crossfade.spi.FailureSummary;
import dev.crossfade.spi.FenceView;
import dev.crossfade.spi.FenceView.Phase;
import dev.crossfade.spi.KeyRange;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a thread of a backfill does next: it looks at the book, heeds the brakes, and takes a page, or finds that all of them
 * are done. One for all threads of a backfill in this process.
 */
final class Shift {
    /** States in which pages may still be under way. */
    static final List<RunState> ALIVE = List.of(RunState.RUNNING, RunState.PAUSED);

    /** How soon it is seen what another instance has done. */
    static final Duration LOOK_AGAIN = Duration.ofMillis(100);

    /** After so many failures in a row, none of which had to do with a connection or with others' locks, it gives up. */
    static final int MAX_FAILURES = RunLimits.ERROR_WINDOW;

    /** And after so many that no database has answered with: a mistake in the service's own code does not mend itself. */
    static final int MAX_MISTAKES = 5;

    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");
    private static final Duration AFTER_FAILURE = Duration.ofMillis(200);
    private static final Duration PROBE_INTERVAL = Duration.ofMillis(500);
    private static final Duration SETTLE = Duration.ofSeconds(5);

    private final Context context;
    private final String entity;
    private final BackfillSource source;
    private final BackfillBook book;
    private final Coverage coverage;
    private final Progress progress;
    private final Wake wake;
    private final Supplier<RunLimits> limits;
    private final LongSupplier maxRefused;
    private final Brakes brakes;
    private final PageSize pageSize = new PageSize();
    private final AtomicLong probedAt;

    /** Failures since the last page that was verified; the first one is told. */
    private final AtomicInteger failures = new AtomicInteger();

    /** Those of them that trying again does not help with. */
    private final AtomicInteger hopeless = new AtomicInteger();

    Shift(
            Context context,
            String entity,
            BackfillSource source,
            BackfillBook book,
            Coverage coverage,
            Progress progress,
            Wake wake,
            Supplier<RunLimits> limits,
            LongSupplier maxRefused) {
        this.context = context;
        this.entity = entity;
        this.source = source;
        this.book = book;
        this.coverage = coverage;
        this.progress = progress;
        this.wake = wake;
        this.limits = limits;
        this.maxRefused = maxRefused;
        this.brakes = new Brakes(context.platform(), context.ledger(), context.writeTimes());
        this.probedAt = new AtomicLong(context.platform().nanoTime() - PROBE_INTERVAL.toNanos());
    }

    /**
     * Does one step.
     *
     * @return in which state this process's part is over; {@code null} if there is more to do
     * @throws Throwable what a store throws; nothing of the page counts
     */
    @Nullable
    RunState step(Part mine) throws Throwable {
        long seen = wake.changes();
        long began = context.platform().nanoTime();
        Run run = book.look().orElse(null);
        progress.seen(run);
        Duration secondary = Duration.ofNanos(context.platform().nanoTime() - began);
        FenceView fence = context.fence().view();
        if (run == null || run.generation() != mine.generation() || Progress.isVoid(run, fence)) {
            brakes.rest();
            return RunState.VOID;
        }
        progress.report();
        if (run.state().isEnd()) {
            brakes.rest();
            return run.state();
        }
        if (run.state() != RunState.RUNNING) {
            brakes.rest();
            wake.awaitChange(seen, LOOK_AGAIN);
            return null;
        }
        if (!mayBegin(run, fence)) {
            wake.awaitChange(seen, brakes.untilNext(LOOK_AGAIN));
            return null;
        }
        Claim claim = book.claim(mine.generation()).orElse(null);
        if (claim != null) {
            if (!page(mine, claim, fence.epoch(), secondary)) {
                // The claim or the fence has gone; the view of the fence may be a moment behind.
                wake.rest(LOOK_AGAIN);
            }
        } else if (run.openRanges() == 0) {
            complete(mine, run.refused());
        } else {
            wake.awaitChange(seen, LOOK_AGAIN);
        }
        return null;
    }

    /** No thread takes pages any more. */
    void rest() {
        brakes.rest();
    }

    private boolean mayBegin(Run run, FenceView fence) {
        Brake brake = brakes.now(limits.get(), run.refused());
        progress.braked(brake);
        boolean moving = fence.stage() != Stage.LEGACY_PRIMARY || fence.phase() != Phase.OPEN;
        return brake == Brake.NONE && !moving;
    }

    /** False if the claim or the fence has gone. */
    private boolean page(Part mine, Claim claim, long epoch, Duration secondary) throws Throwable {
        RunLimits now = brakes.bound(limits.get());
        Page page = new Page(context, source, book, epoch, maxRefused.getAsLong(), wake);
        boolean done = false;
        try {
            probe(claim.range(), secondary, now);
            Claim written = page.copy(claim, pageSize.next(now));
            done = written != null && strikeOut(page, written);
            if (done) {
                pageSize.took(page.read(), page.slower(), now);
                progress.trouble(null);
                brakes.ended(false, now);
                failures.set(0);
                hopeless.set(0);
            }
            return done;
        } catch (PhaseMovedException moved) {
            log.debug("{} - backfill of {}: {}", context.migration(), entity, moved.getMessage());
            return false;
        } catch (Overrun overrun) {
            turn(mine, ALIVE, RunState.FAILED, overrun.reason());
            return true;
        } catch (Throwable failure) {
            if (!FailureKind.isOfSchema(failure)) {
                throw failure;
            }
            turn(
                    mine,
                    ALIVE,
                    RunState.FAILED,
                    "a statement does not suit the tables, which may have been changed meanwhile ("
                            + FailureSummary.of(failure)
                            + "); of its page nothing was written that counts. Mend the tables or the copy, and start "
                            + "the backfill again");
            return true;
        } finally {
            brakes.read(page.read(), now);
            if (!done) {
                release(claim);
                wake.changed();
            }
        }
    }

    /** After the last page another thread may end the run before this one has counted. */
    private boolean strikeOut(Page page, Claim written) {
        progress.mayEnd();
        try {
            boolean done = page.strikeOut(written);
            if (done) {
                progress.counted(page);
            }
            return done;
        } finally {
            progress.told();
        }
    }

    /** Asks the primary something small, once in a while: it is a round trip that brings nothing else. */
    private void probe(KeyRange range, Duration secondary, RunLimits now) throws Throwable {
        long began = context.platform().nanoTime();
        long last = probedAt.get();
        if (began - last >= PROBE_INTERVAL.toNanos() && probedAt.compareAndSet(last, began)) {
            source.read(Side.LEGACY, range, 1);
            brakes.latency(Duration.ofNanos(context.platform().nanoTime() - began), secondary, now);
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

    /** A step has failed: waits before the next one, or gives up. */
    void failed(Part mine, Throwable failure) throws InterruptedException {
        brakes.ended(true, limits.get());
        pageSize.failed();
        if (wake.isClosed()) {
            return;
        }
        String trouble = "a page failed (" + FailureSummary.of(failure) + "); nothing of it counts, it is tried again";
        progress.trouble(trouble);
        if (failures.getAndIncrement() == 0) {
            log.warn("{} - backfill of {}: {}", context.migration(), entity, trouble);
        }
        int most = FailureKind.isAnswerOfDatabase(failure) ? MAX_FAILURES : MAX_MISTAKES;
        if (FailureKind.of(failure) == FailureKind.REFUSED && hopeless.incrementAndGet() >= most) {
            hopeless.set(0);
            giveUp(mine, failure);
        }
        wake.rest(AFTER_FAILURE);
    }

    private void giveUp(Part mine, Throwable failure) {
        try {
            turn(
                    mine,
                    ALIVE,
                    RunState.FAILED,
                    "pages fail again and again (the last with " + FailureSummary.of(failure)
                            + "); mend what it says and start the backfill again");
        } catch (MigrationException silent) {
            log.debug("{} - that the backfill of {} has failed could not be noted", context.migration(), entity);
        }
    }

    /** Every range is verified: when what was marked has crossed, or waits for a person, the new side holds every row. */
    private void complete(Part mine, long refused) throws InterruptedException {
        var through = context.ledger().lastVersion();
        context.ledger()
                .progress()
                .await(
                        () -> wake.isClosed()
                                || context.ledger().dirtyCount() <= refused
                                || context.ledger().isSettledThrough(through),
                        SETTLE);
        if (wake.isClosed()) {
            return;
        }
        if (context.ledger().untracked() != mine.untrackedBefore()
                || !coverage.copied(mine.lossesBefore(), mine.operator())) {
            turn(mine, ALIVE, RunState.FAILED, "writes were not tracked while it ran; start it again");
        } else {
            turn(mine, List.of(RunState.RUNNING), RunState.COMPLETED, null);
        }
    }

    private void turn(Part mine, List<RunState> from, RunState to, @Nullable String reason) {
        progress.mayEnd();
        try {
            if (book.turn(mine.generation(), from, to, mine.operator(), reason)) {
                progress.seen(book.look().orElse(null));
                progress.turned(to, mine.operator());
            }
        } finally {
            progress.told();
        }
        wake.changed();
    }
}
