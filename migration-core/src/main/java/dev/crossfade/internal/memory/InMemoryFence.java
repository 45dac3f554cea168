package dev.crossfade.internal.memory;

import dev.crossfade.Operator;
import dev.crossfade.PhaseMovedException;
import dev.crossfade.control.Stage;
import dev.crossfade.spi.Fence;
import dev.crossfade.spi.FenceView;
import dev.crossfade.spi.FenceView.Phase;
import dev.crossfade.spi.Platform;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The fence of one process.
 *
 * <p>A hold counts itself first and looks at the gate second; a move shuts the gate first and looks at the count second.
 * Whichever comes later sees the other, so no hold begins behind a move's back.
 */
public final class InMemoryFence implements Fence {
    private final String migration;
    private final Platform platform;
    private final Platform.Signal signal;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final HoldCount writes = new HoldCount();
    private final HoldCount refreshes = new HoldCount();

    /** Written under {@code this}. */
    private volatile FenceView view;

    /** Whether a move waits for writes to end or is not known to all yet; written under {@code this}. */
    private volatile boolean shutForWrites;

    /** Whether a move waits for refreshes to end; written under {@code this}. */
    private volatile boolean shutForRefreshes;

    public InMemoryFence(String migration, Platform platform) {
        this.migration = migration;
        this.platform = platform;
        this.signal = platform.newSignal();
        this.view = new FenceView(Stage.LEGACY_ONLY, 0, Phase.UNKNOWN, 0, 0);
    }

    @Override
    public FenceView view() {
        return view;
    }

    @Override
    public void onChange(Runnable action) {
        listeners.add(action);
    }

    @Override
    public boolean begin(Stage stage) {
        synchronized (this) {
            if (view.phase() != Phase.UNKNOWN) {
                return false;
            }
            shutForWrites = true;
            view = new FenceView(stage, 1, Phase.OPEN, 1, view.revision());
        }
        // Listeners first: no write may be acknowledged while calls still see no stage.
        changed();
        synchronized (this) {
            shutForWrites = false;
        }
        signal.raise();
        return true;
    }

    @Override
    public Hold enter(Duration maxWait) throws InterruptedException {
        Hold hold = tryEnter();
        if (hold != null) {
            return hold;
        }
        long deadline = platform.nanoTime() + maxWait.toNanos();
        while (view.phase() != Phase.UNKNOWN && signal.await(this::admitsWrites, until(deadline))) {
            hold = tryEnter();
            if (hold != null) {
                return hold;
            }
            // Another move began between the look and the entry: wait for that one too.
        }
        FenceView seen = view;
        throw new PhaseMovedException(
                migration,
                seen.phase() == Phase.UNKNOWN
                        ? "the stage is not known yet, so no side may be written. Nothing was written. Start the "
                                + "migration; with the in-memory fence, build with startingAt(stage) or see that the "
                                + "flags can be read."
                        : "the primary is about to move (epoch " + seen.epoch() + ") and the write waited "
                                + maxWait.toMillis() + " ms for it. Nothing was written. Try again.");
    }

    private Duration until(long deadline) {
        return Duration.ofNanos(Math.max(0, deadline - platform.nanoTime()));
    }

    private boolean admitsWrites() {
        return view.phase() == Phase.OPEN && !shutForWrites;
    }

    private @Nullable Hold tryEnter() {
        int stripe = writes.begin();
        // The gate before the view: a move that ended in between has left another view behind.
        if (!shutForWrites) {
            FenceView seen = view;
            if (seen.phase() == Phase.OPEN) {
                return new CountedHold(seen, writes, stripe);
            }
        }
        endOf(writes, stripe);
        return null;
    }

    @Override
    public Optional<Hold> enterSecondary(long epoch) {
        int stripe = refreshes.begin();
        if (!shutForRefreshes) {
            FenceView seen = view;
            if (seen.epoch() == epoch && seen.stage().isDualWrite()) {
                return Optional.of(new CountedHold(seen, refreshes, stripe));
            }
        }
        endOf(refreshes, stripe);
        return Optional.empty();
    }

    private void endOf(HoldCount count, int stripe) {
        count.end(stripe);
        if (shutForWrites || shutForRefreshes) {
            signal.raise();
        }
    }

    @Override
    public Optional<FenceView> close(FenceView seen, Stage to, Operator operator, Duration timeout)
            throws InterruptedException {
        synchronized (this) {
            // Not the whole view: the revision of a wish may be noted meanwhile and moves nothing.
            if (view.epoch() != seen.epoch()
                    || view.phase() != Phase.OPEN
                    || seen.phase() != Phase.OPEN
                    || shutForWrites) {
                return Optional.empty();
            }
            shutForWrites = true;
        }
        boolean quiet = false;
        try {
            quiet = signal.await(() -> writes.sum() == 0, timeout);
        } finally {
            synchronized (this) {
                if (quiet) {
                    view = new FenceView(
                            seen.stage(), seen.epoch() + 1, Phase.DRAINING, seen.generation(), view.revision());
                }
                shutForWrites = false;
            }
            changed();
        }
        return quiet ? Optional.of(view) : Optional.empty();
    }

    @Override
    public Optional<FenceView> open(FenceView closed, Stage to, BooleanSupplier settled, Duration timeout)
            throws InterruptedException {
        synchronized (this) {
            if (view.epoch() != closed.epoch() || view.phase() != Phase.DRAINING || shutForRefreshes) {
                return Optional.empty();
            }
            shutForRefreshes = true;
            shutForWrites = true;
        }
        boolean opened = false;
        try {
            boolean quiet = signal.await(() -> refreshes.sum() == 0, timeout);
            synchronized (this) {
                if (quiet && view.epoch() == closed.epoch() && settled.getAsBoolean()) {
                    boolean entry = to == Stage.LEGACY_PRIMARY && closed.stage() == Stage.LEGACY_ONLY;
                    long generation = closed.generation() + (entry ? 1 : 0);
                    view = new FenceView(to, closed.epoch() + 1, Phase.OPEN, generation, view.revision());
                    opened = true;
                }
            }
        } finally {
            // Listeners first: no write may be acknowledged while calls still see the stage before.
            try {
                changed();
            } finally {
                synchronized (this) {
                    shutForRefreshes = false;
                    shutForWrites = false;
                }
                signal.raise();
            }
        }
        return opened ? Optional.of(view) : Optional.empty();
    }

    @Override
    public void reopen(FenceView closed, Operator operator) {
        synchronized (this) {
            if (view.epoch() != closed.epoch() || view.phase() != Phase.DRAINING) {
                return;
            }
            view = new FenceView(closed.stage(), closed.epoch() + 1, Phase.OPEN, closed.generation(), view.revision());
        }
        changed();
    }

    @Override
    public List<String> objections(FenceView seen, Stage to, Operator operator) {
        return List.of();
    }

    @Override
    public boolean claimRevision(long revision) {
        synchronized (this) {
            if (revision <= view.revision()) {
                return false;
            }
            view = new FenceView(view.stage(), view.epoch(), view.phase(), view.generation(), revision);
        }
        changed();
        return true;
    }

    @Override
    public boolean isStill(FenceView pinned) {
        return view.epoch() == pinned.epoch();
    }

    @Override
    public Duration age() {
        return Duration.ZERO;
    }

    /** Threads of this process, which {@link #held} counts. */
    @Override
    public List<String> holders(FenceView seen) {
        return List.of();
    }

    @Override
    public int held() {
        return Math.toIntExact(writes.sum() + refreshes.sum());
    }

    private void changed() {
        signal.raise();
        listeners.forEach(Runnable::run);
    }

    private final class CountedHold implements Hold {
        private final FenceView held;
        private final HoldCount count;
        private final int stripe;
        private final AtomicBoolean released = new AtomicBoolean();

        CountedHold(FenceView held, HoldCount count, int stripe) {
            this.held = held;
            this.count = count;
            this.stripe = stripe;
        }

        @Override
        public FenceView view() {
            return held;
        }

        @Override
        public void release() {
            if (released.compareAndSet(false, true)) {
                endOf(count, stripe);
            }
        }
    }
}
