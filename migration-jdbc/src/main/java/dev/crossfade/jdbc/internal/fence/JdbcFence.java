package dev.crossfade.jdbc.internal.fence;

import dev.crossfade.Operator;
import dev.crossfade.PhaseMovedException;
import dev.crossfade.Side;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.internal.site.Site;
import dev.crossfade.jdbc.internal.sql.FenceRow;
import dev.crossfade.jdbc.internal.sql.Holder;
import dev.crossfade.spi.FailureSummary;
import dev.crossfade.spi.Fence;
import dev.crossfade.spi.FenceView;
import dev.crossfade.spi.FenceView.Phase;
import dev.crossfade.spi.Platform;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this process knows of the fence in both databases. It may be late, and nothing is kept safe by it: the fence itself
 * is locked and asked again by every write before its commit, and by every refresh.
 */
public final class JdbcFence implements Fence {
    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");
    private static final FenceView UNKNOWN = new FenceView(Stage.LEGACY_ONLY, 0, Phase.UNKNOWN, 0, 0);

    /** How often a look is repeated because a move has fallen into it; no two follow each other that fast. */
    private static final int MOVES_SEEN = 4;

    private final String migration;
    private final Platform platform;
    private final Site legacy;
    private final Site next;
    private final Handover handover;
    private final Sessions sessions;
    private final Objections objections;
    private final @Nullable Duration terminateAfter;
    private final Platform.Signal signal;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final LongAdder held = new LongAdder();

    /** Written under {@code this}. */
    private volatile FenceView view = UNKNOWN;

    /** The view once all listeners have heard of it; writes begin by this one. Written under {@code this}. */
    private volatile FenceView admitting = UNKNOWN;

    private volatile long confirmedAt;
    private volatile long lookedAt;

    /** The epoch at which the fence has refused a write although the view said that it might begin. */
    private volatile long refusedEpoch = -1;

    /** The sides that could not be asked the last time, for telling it once; any thread may write it. */
    private final AtomicIntegerArray silent = new AtomicIntegerArray(Side.values().length);

    /** Guarded by {@code this}. */
    private boolean toldSplit;

    /** @param terminateAfter how old a transaction may become that keeps a move waiting; {@code null} for any age */
    public JdbcFence(
            String migration,
            Platform platform,
            Site legacy,
            Site next,
            Handover handover,
            Objections objections,
            @Nullable Duration terminateAfter) {
        this.migration = migration;
        this.platform = platform;
        this.legacy = legacy;
        this.next = next;
        this.handover = handover;
        this.sessions = new Sessions(migration);
        this.objections = objections;
        this.terminateAfter = terminateAfter;
        this.signal = platform.newSignal();
        this.confirmedAt = platform.nanoTime();
        this.lookedAt = confirmedAt - 1;
    }

    @Override
    public FenceView view() {
        return view;
    }

    @Override
    public void onChange(Runnable action) {
        listeners.add(action);
    }

    /** It knows already, or cannot be told. */
    @Override
    public boolean begin(Stage stage) {
        return false;
    }

    @Override
    public boolean isStill(FenceView pinned) {
        if (view.epoch() == pinned.epoch()) {
            look();
        }
        return view.epoch() == pinned.epoch();
    }

    @Override
    public Duration age() {
        return Duration.ofNanos(Math.max(0, platform.nanoTime() - confirmedAt));
    }

    /**
     * Asks the fence again, unless someone has begun to ask since this was called. Asks the side that is known as primary,
     * and the other one only if that has given the primacy up: an ill secondary keeps nobody waiting.
     */
    public void look() {
        long asked = platform.nanoTime();
        synchronized (this) {
            if (lookedAt - asked > 0) {
                return;
            }
            lookedAt = platform.nanoTime();
            Side believed = view.stage().primary();
            FenceRow row = read(site(believed));
            Rows alone = Rows.of(believed, row);
            Rows rows = row != null && alone.view().isPresent()
                    ? alone
                    : readAgainIfMoved(believed, alone.with(believed.other(), read(site(believed.other()))));
            rows.view().ifPresent(this::publish);
        }
        signal.raise();
    }

    /** Both may say that they are secondary if a move has fallen between asking the first and the other. */
    private Rows readAgainIfMoved(Side first, Rows asked) {
        Rows rows = asked;
        Side side = first;
        for (int reads = 0;
                reads < MOVES_SEEN && rows.knowsBoth() && rows.view().isEmpty();
                reads++) {
            rows = rows.with(side, read(site(side)));
            side = side.other();
        }
        return rows;
    }

    /** Asks both sides, for those who keep them in order; takes as long as the slower one. */
    Rows lookAtBoth() {
        long began = platform.nanoTime();
        Rows rows = readBoth();
        synchronized (this) {
            tellOfSplit(rows);
            if (began - lookedAt > 0) {
                lookedAt = began;
                rows.view().ifPresent(this::publish);
            }
        }
        signal.raise();
        return rows;
    }

    private Rows readBoth() {
        FenceRow first = read(legacy);
        FenceRow second = read(next);
        boolean isOvertaken = first != null && second != null && first.epoch() < second.epoch();
        // A move may have fallen between the two: that is neither two primaries nor a secondary ahead of its primary.
        return new Rows(isOvertaken ? read(legacy) : first, second);
    }

    private Site site(Side side) {
        return side == Side.LEGACY ? legacy : next;
    }

    private @Nullable FenceRow read(Site site) {
        int index = site.side().ordinal();
        try {
            FenceRow row = site.<Optional<FenceRow>>own(
                            (connection, tables) -> tables.fence().read(connection))
                    .orElse(null);
            silent.set(index, 0);
            return row;
        } catch (SQLException | RuntimeException failure) {
            if (silent.getAndSet(index, 1) == 0) {
                log.warn(
                        "{} - the fence of {} cannot be read ({}); what it said last stays in force, and it is asked again "
                                + "every second",
                        migration,
                        site.name(),
                        FailureSummary.of(failure));
            }
            return null;
        }
    }

    /** Guarded by {@code this}. */
    private void tellOfSplit(Rows rows) {
        if (rows.isSplit() && !toldSplit) {
            toldSplit = true;
            log.error(
                    "{} - both databases say that they are primary, as after a restore or a forced primary. Only the one at "
                            + "the higher epoch is written, and the other one becomes its secondary",
                    migration);
        } else if (!rows.isSplit()) {
            toldSplit = false;
        }
    }

    /** Guarded by {@code this}. */
    private void publish(FenceView seen) {
        confirmedAt = lookedAt;
        if (seen.epoch() < view.epoch() || seen.equals(view)) {
            return;
        }
        if (seen.phase() != Phase.OPEN) {
            admitting = seen;
        }
        view = seen;
        // Listeners first: no write may be acknowledged while calls still see the stage before.
        listeners.forEach(Runnable::run);
        admitting = seen;
    }

    /** The fence has refused a write that was begun at this epoch. */
    public void refused(long epoch) {
        refusedEpoch = epoch;
    }

    /** Runs the action if no write is recorded at this stage, and admits none meanwhile that is. */
    public synchronized void withoutDualWrite(Runnable action) {
        if (!view.stage().isDualWrite()) {
            action.run();
        }
    }

    @Override
    public Hold enter(Duration maxWait) throws InterruptedException {
        long deadline = platform.nanoTime() + maxWait.toNanos();
        if (admitting.epoch() == refusedEpoch) {
            look();
            refusedEpoch = -1;
        }
        while (true) {
            Hold hold = tryEnter();
            if (hold != null) {
                return hold;
            }
            Duration left = Duration.ofNanos(Math.max(0, deadline - platform.nanoTime()));
            if (admitting.phase() == Phase.UNKNOWN || !signal.await(() -> admitting.phase() == Phase.OPEN, left)) {
                throw refusal(maxWait);
            }
        }
    }

    private @Nullable Hold tryEnter() {
        FenceView seen = admitting;
        if (seen.phase() != Phase.OPEN) {
            return null;
        }
        held.increment();
        return new CountedHold(seen);
    }

    private PhaseMovedException refusal(Duration maxWait) {
        FenceView seen = admitting;
        return new PhaseMovedException(
                migration,
                seen.phase() == Phase.UNKNOWN
                        ? "it is not started, so no side may be written. Nothing was written. Call start() first."
                        : "the primary is about to move (epoch " + seen.epoch() + ") and the write waited "
                                + maxWait.toMillis() + " ms for it. Nothing was written. Try again.");
    }

    /** Holds nothing in the database: the refresh locks the fence in its own transaction. */
    @Override
    public Optional<Hold> enterSecondary(long epoch) {
        FenceView seen = view;
        if (seen.epoch() != epoch || !seen.stage().isDualWrite()) {
            return Optional.empty();
        }
        held.increment();
        return Optional.of(new CountedHold(seen));
    }

    @Override
    public Optional<FenceView> close(FenceView seen, Stage to, Operator operator, Duration timeout)
            throws InterruptedException {
        if (!handover.drain(seen, to, operator, timeout)) {
            Site primary = site(seen.stage().primary());
            if (terminateAfter != null) {
                sessions.terminateLate(primary, seen, terminateAfter, operator);
            }
            if (!handover.others(primary).isEmpty()) {
                // It takes less than a second as a rule, and nobody waits for this one meanwhile.
                signal.await(() -> false, timeout);
            }
            look();
            return Optional.empty();
        }
        look();
        return Optional.of(view).filter(now -> now.phase() == Phase.DRAINING && now.epoch() == seen.epoch() + 1);
    }

    @Override
    public Optional<FenceView> open(FenceView closed, Stage to, BooleanSupplier settled, Duration timeout) {
        // One step on each side may have to wait.
        boolean done = handover.finish(closed, to, settled, timeout.dividedBy(2));
        look();
        return done ? Optional.of(view) : Optional.empty();
    }

    @Override
    public void reopen(FenceView closed, Operator operator) {
        handover.abort(closed.stage(), closed.epoch(), operator);
        look();
    }

    @Override
    public List<String> objections(FenceView seen, Stage to, Operator operator) {
        return objections.against(seen, lookAtBoth(), to, operator);
    }

    @Override
    public boolean claimRevision(long revision) {
        boolean claimed = handover.claimRevision(view.stage().primary(), revision);
        look();
        return claimed;
    }

    @Override
    public List<String> holders(FenceView seen) {
        Site primary = site(seen.stage().primary());
        return Stream.concat(
                        sessions.holding(primary).stream().map(Holder::toString), handover.others(primary).stream())
                .toList();
    }

    @Override
    public int held() {
        return held.intValue();
    }

    private final class CountedHold implements Hold {
        private final FenceView pinned;
        private final AtomicBoolean released = new AtomicBoolean();

        CountedHold(FenceView pinned) {
            this.pinned = pinned;
        }

        @Override
        public FenceView view() {
            return pinned;
        }

        @Override
        public void release() {
            if (released.compareAndSet(false, true)) {
                held.decrement();
                signal.raise();
            }
        }
    }
}
