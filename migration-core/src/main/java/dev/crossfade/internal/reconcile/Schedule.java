package dev.crossfade.internal.reconcile;

import dev.crossfade.Operator;
import dev.crossfade.internal.pages.Wake;
import dev.crossfade.internal.view.Context;
import dev.crossfade.reconcile.Scope;
import dev.crossfade.spi.FenceView;
import dev.crossfade.spi.FenceView.Phase;
import dev.crossfade.spi.ReconciliationBook.Run;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Begins runs when they are due. {@link #look} is for one thread, the rest for any. */
final class Schedule {
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private final Context context;
    private final Progress progress;
    private final Wake wake;
    private final Start start;

    private volatile @Nullable Plan plan;

    /** Belongs to the one thread; {@code null} before the first look. */
    private @Nullable Long lookedAt;

    private record Plan(Duration interval, Scope scope, Operator operator) {}

    /** Begins a run. */
    @FunctionalInterface
    interface Start {
        /** Begins it, unless another one has not ended or the last of this scope began too recently. */
        void begin(FenceView seen, Scope scope, Operator operator, Duration unlessWithin);
    }

    Schedule(Context context, Progress progress, Wake wake, Start start) {
        this.context = context;
        this.progress = progress;
        this.wake = wake;
        this.start = start;
    }

    void set(Duration interval, Scope scope, Operator operator) {
        plan = new Plan(interval, scope, operator);
    }

    void end() {
        plan = null;
    }

    boolean isSet() {
        return plan != null;
    }

    /**
     * Begins a run if one is due, or waits a while.
     *
     * @return who wants this process to take part in the run that is under way; {@code null} if there is none
     */
    @Nullable
    Operator look() throws InterruptedException {
        long changes = wake.changes();
        Plan wanted = plan;
        if (wanted == null) {
            return null;
        }
        long now = context.platform().nanoTime();
        Long last = lookedAt;
        long pause = Math.min(wanted.interval().toNanos() / 10, LONGEST_PAUSE.toNanos());
        if (last != null && now - last < pause) {
            wake.awaitChange(changes, Duration.ofNanos(Math.max(1_000_000, pause - (now - last))));
            return null;
        }
        FenceView seen = context.fence().view();
        if (!seen.stage().isDualWrite() || seen.phase() != Phase.OPEN) {
            wake.awaitChange(changes, Shift.LOOK_AGAIN);
            return null;
        }
        lookedAt = now;
        start.begin(seen, wanted.scope(), wanted.operator(), wanted.interval());
        Run run = progress.look();
        return run == null || run.state().isEnd() ? null : wanted.operator();
    }
}
