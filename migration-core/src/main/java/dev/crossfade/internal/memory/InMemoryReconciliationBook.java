package dev.crossfade.internal.memory;

import dev.crossfade.Operator;
import dev.crossfade.reconcile.Counts;
import dev.crossfade.reconcile.Scope;
import dev.crossfade.run.RunState;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.Fence;
import dev.crossfade.spi.FenceView;
import dev.crossfade.spi.Platform;
import dev.crossfade.spi.ReconciliationBook;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The reconciliations of one process: the last one and the last full one. */
final class InMemoryReconciliationBook implements ReconciliationBook {
    private final Platform platform;
    private final Fence fence;

    /** A run as it stands. Guarded by the book. */
    private final class Entry {
        final String id;
        final Scope scope;
        final Operator operator;
        final FenceView seen;
        final Instant started = platform.now();
        final long startedAt = platform.nanoTime();
        RunState state = RunState.RUNNING;
        Counts counts = Counts.NONE;

        @Nullable
        EntityKey position;

        @Nullable
        Instant ended;

        long endedAt;
        long token;
        boolean taken;

        @Nullable
        String reason;

        Entry(String id, Scope scope, Operator operator, FenceView seen) {
            this.id = id;
            this.scope = scope;
            this.operator = operator;
            this.seen = seen;
        }

        void in(RunState now, @Nullable String why) {
            state = now;
            reason = why;
            ended = now.isEnd() ? platform.now() : null;
            endedAt = platform.nanoTime();
        }

        /** How long it keeps another run from beginning. */
        Duration holdsFor(Duration interval) {
            return state == RunState.COMPLETED ? interval : interval.dividedBy(10);
        }

        Run run() {
            long now = platform.nanoTime();
            return new Run(
                    id,
                    scope,
                    operator.name(),
                    seen.generation(),
                    seen.epoch(),
                    state,
                    counts,
                    started,
                    ended,
                    Duration.ofNanos(now - startedAt),
                    ended == null ? null : Duration.ofNanos(now - endedAt),
                    reason);
        }
    }

    /** Guarded by {@code this}. */
    private @Nullable Entry last;

    /** Guarded by {@code this}. */
    private @Nullable Entry lastFull;

    /** Guarded by {@code this}. */
    private long lastId;

    InMemoryReconciliationBook(Platform platform, Fence fence) {
        this.platform = platform;
        this.fence = fence;
    }

    @Override
    public synchronized Optional<Run> look() {
        return Optional.ofNullable(last).map(Entry::run);
    }

    @Override
    public synchronized Optional<Run> lastFull(long generation) {
        return Optional.ofNullable(lastFull)
                .filter(full -> full.seen.generation() == generation)
                .map(Entry::run);
    }

    @Override
    public synchronized Optional<Boolean> begin(
            FenceView seen, Scope scope, Operator operator, @Nullable Duration unlessWithin) {
        FenceView now = fence.view();
        if (now.generation() != seen.generation() || !now.stage().isDualWrite()) {
            return Optional.empty();
        }
        Entry before = last;
        if (before != null && !before.state.isEnd()) {
            if (before.seen.generation() == seen.generation()) {
                return Optional.of(false);
            }
            before.in(RunState.VOID, null);
        }
        if (before != null
                && unlessWithin != null
                && before.scope.equals(scope)
                && before.seen.generation() == seen.generation()
                && before.run().age().compareTo(before.holdsFor(unlessWithin)) < 0) {
            return Optional.of(false);
        }
        last = new Entry("r" + ++lastId, scope, operator, seen);
        return Optional.of(true);
    }

    @Override
    public synchronized boolean turn(
            String run, List<RunState> from, RunState to, Operator operator, @Nullable String reason) {
        Entry entry = last;
        if (entry == null || !entry.id.equals(run) || !from.contains(entry.state)) {
            return false;
        }
        entry.in(to, reason);
        return true;
    }

    @Override
    public synchronized Optional<Claim> claim(String run) {
        Entry entry = last;
        if (entry == null || !entry.id.equals(run) || entry.taken || entry.state.isEnd()) {
            return Optional.empty();
        }
        entry.taken = true;
        if (entry.position == null) {
            entry.counts = Counts.NONE;
        }
        return Optional.of(new Claim(run, ++entry.token, entry.position));
    }

    /** Guarded by {@code this}. */
    private @Nullable Entry held(Claim claim) {
        Entry entry = last;
        return entry != null && entry.id.equals(claim.run()) && entry.taken && entry.token == claim.token()
                ? entry
                : null;
    }

    @Override
    public synchronized Optional<Claim> advance(
            Claim claim, @Nullable EntityKey position, Counts more, boolean isLast) {
        Entry entry = held(claim);
        if (entry == null || entry.state.isEnd()) {
            return Optional.empty();
        }
        entry.position = position;
        entry.counts = entry.counts.plus(more);
        if (isLast && entry.state == RunState.RUNNING) {
            entry.in(RunState.COMPLETED, null);
            if (entry.scope instanceof Scope.Full) {
                lastFull = entry;
            }
        }
        return Optional.of(new Claim(claim.run(), claim.token(), position));
    }

    @Override
    public synchronized boolean renew(Claim claim) {
        Entry entry = held(claim);
        return entry != null && !entry.state.isEnd();
    }

    @Override
    public synchronized void release(Claim claim) {
        Entry entry = held(claim);
        if (entry != null) {
            entry.taken = false;
        }
    }
}
