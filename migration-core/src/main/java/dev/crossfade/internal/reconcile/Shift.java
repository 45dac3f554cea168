package dev.crossfade.internal.reconcile;

import dev.crossfade.MigrationException;
import dev.crossfade.PhaseMovedException;
import dev.crossfade.Side;
import dev.crossfade.internal.findings.KeyCheck;
import dev.crossfade.internal.pages.Brakes;
import dev.crossfade.internal.pages.Lease;
import dev.crossfade.internal.pages.Overrun;
import dev.crossfade.internal.pages.PageSize;
import dev.crossfade.internal.pages.Wake;
import dev.crossfade.internal.view.Context;
import dev.crossfade.internal.view.FailureKind;
import dev.crossfade.reconcile.Counts;
import dev.crossfade.reconcile.Scope;
import dev.crossfade.run.Brake;
import dev.crossfade.run.RunLimits;
import dev.crossfade.run.RunState;
import dev.crossfade.spi.BackfillSource;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.FailureSummary;
import dev.crossfade.spi.FenceView;
import dev.crossfade.spi.FenceView.Phase;
import dev.crossfade.spi.KeyRange;
import dev.crossfade.spi.ReconciliationBook;
import dev.crossfade.spi.ReconciliationBook.Claim;
import dev.crossfade.spi.ReconciliationBook.Run;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the thread of a reconciliation does next: it looks at the book, heeds the brakes, holds the claim, and compares a page,
 * until the run has ended. For one thread, but for {@link #close}.
 */
final class Shift {
    /** States in which pages may still be under way. */
    static final List<RunState> ALIVE = List.of(RunState.RUNNING, RunState.PAUSED);

    /** How soon it is seen what another instance has done. */
    static final Duration LOOK_AGAIN = Duration.ofMillis(100);

    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");
    private static final Duration AFTER_FAILURE = Duration.ofMillis(200);

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

    private final Context context;
    private final String entity;
    private final BackfillSource source;
    private final Scopes scopes;
    private final KeyCheck check;
    private final ReconciliationBook book;
    private final Progress progress;
    private final Wake wake;
    private final Supplier<RunLimits> limits;
    private final Brakes brakes;
    private final PageSize pageSize = new PageSize();
    private final ReadAhead ahead;

    private @Nullable Hold hold;
    private @Nullable Pass pass;
    private Set<EntityKey> lagging = new LinkedHashSet<>();
    private int refusals;
    private boolean failing;

    /** The run that this process works on. */
    private record Hold(Claim claim, Lease lease, Confirmation confirmation) {}

    /** @param ahead the name of the thread that reads a page ahead */
    Shift(
            Context context,
            String entity,
            BackfillSource source,
            Scopes scopes,
            KeyCheck check,
            ReconciliationBook book,
            Progress progress,
            Wake wake,
            Supplier<RunLimits> limits,
            String ahead) {
        this.context = context;
        this.entity = entity;
        this.source = source;
        this.scopes = scopes;
        this.check = check;
        this.book = book;
        this.progress = progress;
        this.wake = wake;
        this.limits = limits;
        this.brakes = new Brakes(context.platform(), context.ledger(), context.writeTimes());
        this.ahead = new ReadAhead(context.platform(), ahead);
    }

    /**
     * Does one step.
     *
     * @return whether this process's part is over
     * @throws PhaseMovedException if the fence or the claim has moved; nothing of the page counts
     * @throws Throwable           what a store throws; likewise
     */
    boolean step() throws Throwable {
        long changes = wake.changes();
        long began = context.platform().nanoTime();
        Run run = progress.look();
        Duration onNew = Duration.ofNanos(context.platform().nanoTime() - began);
        FenceView fence = context.fence().view();
        if (run == null || run.state().isEnd() || run.generation() != fence.generation()) {
            letGo();
            ahead.finish();
            brakes.rest();
            progress.braked(Brake.NONE);
            return true;
        }
        progress.report();
        RunLimits now = limits.get();
        if (run.state() != RunState.RUNNING || now.threads() == 0) {
            brakes.rest();
            progress.braked(Brake.NONE);
            wake.awaitChange(changes, LOOK_AGAIN);
            return false;
        }
        Hold held = mayBegin(fence, now) ? holdOf(run) : null;
        if (held == null) {
            wake.awaitChange(changes, brakes.untilNext(LOOK_AGAIN));
            return false;
        }
        if (pass == null) {
            // Or one that has thrown would still be reading.
            ahead.finish();
            pass = passFrom(run, held);
        }
        probe(onNew, now);
        compare(held, Objects.requireNonNull(pass), brakes.bound(now));
        return false;
    }

    private boolean mayBegin(FenceView fence, RunLimits now) {
        Brake brake = brakes.now(now, 0);
        progress.braked(brake);
        boolean moving = !fence.stage().isDualWrite() || fence.phase() != Phase.OPEN;
        return !moving && brake == Brake.NONE;
    }

    /** The run, if nobody else works on it. */
    private @Nullable Hold holdOf(Run run) {
        Hold held = hold;
        if (held == null || !held.claim().run().equals(run.id())) {
            letGo();
            held = book.claim(run.id()).map(claim -> hold(run, claim)).orElse(null);
            hold = held;
        }
        return held;
    }

    private Hold hold(Run run, Claim claim) {
        Lease lease = new Lease(
                context,
                () -> renew(claim),
                "the reconciliation was taken over or has ended. Its page does not count.");
        return new Hold(claim, lease, new Confirmation(context, check, entity, Progress.foundBy(run), wake, lease));
    }

    private boolean renew(Claim claim) {
        boolean kept = book.renew(claim);
        if (!kept) {
            lost();
        }
        return kept;
    }

    /** Taken over, cancelled, or failed by another instance. If its page took too long, a smaller one may not. */
    private void lost() {
        pageSize.failed();
        letGo();
    }

    /** Gives the run back, and forgets which keys were on their way: they stay counted, so that the run is not clean. */
    void letGo() {
        Hold held = hold;
        hold = null;
        pass = null;
        lagging = new LinkedHashSet<>();
        if (held != null) {
            try {
                book.release(held.claim());
            } catch (MigrationException silent) {
                log.debug(
                        "{} - the reconciliation of {} could not be given back; it is taken over in half a minute",
                        context.migration(),
                        entity);
            }
        }
    }

    /** Asks the legacy store something small. */
    private void probe(Duration onNew, RunLimits now) throws Throwable {
        long began = context.platform().nanoTime();
        source.read(Side.LEGACY, KeyRange.ALL, 1);
        Duration onLegacy = Duration.ofNanos(context.platform().nanoTime() - began);
        boolean legacyIsPrimary = context.fence().view().stage().primary() == Side.LEGACY;
        brakes.latency(legacyIsPrimary ? onLegacy : onNew, legacyIsPrimary ? onNew : onLegacy, now);
    }

    private void compare(Hold held, Pass current, RunLimits now) throws Throwable {
        Pass.Compared page = current.next();
        brakes.read(page.read(), now);
        Counts counts = page.counts();
        // Noted with the page alone: one that fails is compared again, and would count its keys once more.
        Set<EntityKey> onTheirWay = new LinkedHashSet<>(lagging);
        page.lagging().stream().limit(MOST_LAGGING - lagging.size()).forEach(onTheirWay::add);
        if (page.isLast()) {
            Confirmation.Outcome end = held.confirmation().confirm(onTheirWay, IN_THE_END);
            counts = counts.plus(end.counts()).plus(new Counts(0, 0, 0, 0, 0, -onTheirWay.size(), 0));
            onTheirWay = new LinkedHashSet<>(end.lagging());
        }
        progress.mayEnd();
        try {
            if (!advance(held, page.position(), counts, page.isLast())) {
                lost();
                return;
            }
        } finally {
            progress.told();
        }
        lagging = onTheirWay;
        brakes.ended(false, now);
        progress.trouble(null);
        failing = false;
        refusals = 0;
        wake.changed();
    }

    /** Writes the page down, and tells of the end after the last one; false if the claim has gone. */
    private boolean advance(Hold held, @Nullable EntityKey position, Counts counts, boolean last) {
        Claim next = book.advance(held.claim(), position, counts, last).orElse(null);
        if (next == null) {
            return false;
        }
        hold = new Hold(next, held.lease(), held.confirmation());
        progress.counted(counts);
        if (last) {
            // Paused meanwhile: the end is compared once more when it goes on.
            pass = null;
            Run end = progress.look();
            if (end != null && end.state() == RunState.COMPLETED) {
                progress.ended();
            }
        }
        return true;
    }

    private Pass passFrom(Run run, Hold held) {
        Scope scope = run.scope();
        EntityKey position = held.claim().position();
        if (scope instanceof Scope.Sample sample) {
            return new SamplePass(
                    source, held.confirmation(), context.platform().random(), SOON, sample.keys());
        }
        if (scope instanceof Scope.Written written) {
            Instant since = run.started().minus(written.time()).minus(Scope.Written.MARGIN);
            return new WrittenPass(context.ledger(), entity, since, held.confirmation(), SOON, position);
        }
        KeyRange range = scopes.range(scope);
        return new RangePass(
                context,
                scopes.source(scope),
                held.confirmation(),
                () -> brakes.bound(limits.get()),
                pageSize,
                ahead,
                held.lease(),
                SOON,
                new KeyRange(position == null ? range.after() : position, range.upTo()));
    }

    /** The fence or the claim has moved: the page is compared again from its beginning. */
    void moved(PhaseMovedException moved) throws InterruptedException {
        log.debug("{} - reconciliation of {}: {}", context.migration(), entity, moved.getMessage());
        pass = null;
        wake.rest(LOOK_AGAIN);
    }

    /** A step has failed: waits before the next one, or gives up. */
    void failed(@Nullable Part mine, Throwable failure) throws InterruptedException {
        pass = null;
        brakes.ended(true, limits.get());
        pageSize.failed();
        if (wake.isClosed()) {
            return;
        }
        FailureSummary summary = FailureSummary.of(failure);
        if (failure instanceof Overrun overrun) {
            giveUp(mine, overrun.reason());
        } else if (FailureKind.of(failure) == FailureKind.REFUSED && ++refusals >= MOST_REFUSALS) {
            giveUp(mine, "a page cannot be read (" + summary + "); mend that and resume it");
        } else {
            String trouble = "a page failed (" + summary + "); nothing of it counts, it is tried again";
            progress.trouble(trouble);
            if (!failing) {
                failing = true;
                log.warn("{} - reconciliation of {}: {}", context.migration(), entity, trouble);
            }
        }
        wake.rest(AFTER_FAILURE);
    }

    private void giveUp(@Nullable Part mine, String reason) {
        refusals = 0;
        Hold held = hold;
        if (held != null && mine != null) {
            progress.mayEnd();
            try {
                if (book.turn(held.claim().run(), ALIVE, RunState.FAILED, mine.operator(), reason)) {
                    progress.ended();
                }
            } catch (MigrationException silent) {
                log.debug("{} - the end of the reconciliation could not be noted", context.migration(), silent);
            } finally {
                progress.told();
            }
        }
    }

    /** Waits for what is read ahead, when the thread has left. */
    void close(Duration timeout) throws InterruptedException {
        ahead.join(timeout);
    }
}
