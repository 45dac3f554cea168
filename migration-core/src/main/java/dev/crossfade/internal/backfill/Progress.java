package dev.crossfade.internal.backfill;

import dev.crossfade.Operator;
import dev.crossfade.backfill.BackfillStatus;
import dev.crossfade.control.Stage;
import dev.crossfade.event.MigrationEvent.BackfillEnded;
import dev.crossfade.event.MigrationEvent.BackfillProgressed;
import dev.crossfade.event.MigrationEvent.BackfillStarted;
import dev.crossfade.internal.pages.Rate;
import dev.crossfade.internal.view.Context;
import dev.crossfade.run.Brake;
import dev.crossfade.run.RunState;
import dev.crossfade.spi.BackfillBook.Run;
import dev.crossfade.spi.FenceView;
import dev.crossfade.spi.FenceView.Phase;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a backfill stands as this process knows it, and who is told of it when. Safe for use by many threads. */
final class Progress {
    /** How often progress is told. */
    static final Duration REPORT_INTERVAL = Duration.ofSeconds(10);

    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");

    private final Context context;
    private final String entity;
    private final Rate rate = new Rate();
    private final LongAdder copied;
    private final LongAdder present;
    private final LongAdder marked;
    private final LongAdder refused;

    private volatile @Nullable Run last;
    private volatile Brake brake = Brake.NONE;
    private volatile @Nullable String trouble;
    private volatile @Nullable Long estimate;

    /** Ends that this process may be bringing about or making way for, and has not counted or told of yet. */
    private final AtomicInteger endings = new AtomicInteger();

    /** Guarded by {@code this}. */
    private long reportedAt;

    Progress(Context context, String entity) {
        this.context = context;
        this.entity = entity;
        this.copied = counter("inserted");
        this.present = counter("present");
        this.marked = counter("marked");
        this.refused = counter("refused");
    }

    private LongAdder counter(String outcome) {
        return context.counters().counter("crossfade.backfill.rows", "entity", entity, "outcome", outcome);
    }

    /** What the book says now; {@code null} before the first backfill. */
    void seen(@Nullable Run run) {
        last = run;
        if (run != null) {
            rate.seen(context.platform().nanoTime(), run.rows());
        }
    }

    /** What comes now may end the run, or let another thread end it; {@link #told} follows in any case. */
    void mayEnd() {
        endings.incrementAndGet();
    }

    /** It is counted, and if it has ended, listeners know. */
    void told() {
        endings.decrementAndGet();
    }

    /** Whether the run may have ended without its rows being counted or its listeners knowing. */
    boolean isEnding() {
        return endings.get() > 0;
    }

    void braked(Brake now) {
        brake = now;
    }

    /** What the last page of this process came to; {@code null} if it has crossed. */
    void trouble(@Nullable String failure) {
        trouble = failure;
    }

    void estimated(OptionalLong rows) {
        estimate = rows.isPresent() ? rows.getAsLong() : null;
    }

    void counted(Page page) {
        copied.add(page.inserted());
        present.add(page.read() - page.inserted() - page.refused());
        marked.add(page.marked());
        refused.add(page.refused());
    }

    BackfillStatus status() {
        Run run = last;
        if (run == null) {
            return new BackfillStatus(entity, RunState.NOT_STARTED, 0, 0, 0, 0, estimate, 0, Brake.NONE, 0, null);
        }
        RunState state = isVoid(run, context.fence().view()) ? RunState.VOID : run.state();
        boolean running = state == RunState.RUNNING;
        return new BackfillStatus(
                entity,
                state,
                run.rows(),
                run.inserted(),
                run.marked(),
                run.refused(),
                estimate,
                running ? rate.perSecond() : 0,
                running ? brake : Brake.NONE,
                run.openRanges(),
                running ? trouble : run.reason());
    }

    /** Nothing of it counts any more: another generation has begun, or the next dual write will begin one. */
    static boolean isVoid(Run run, FenceView fence) {
        boolean isLeft = fence.stage() == Stage.LEGACY_ONLY && fence.phase() == Phase.OPEN;
        return run.generation() != fence.generation() || (isLeft && !run.state().isEnd());
    }

    /** The first report comes an interval from now. */
    synchronized void begin() {
        reportedAt = context.platform().nanoTime();
    }

    /** Tells how it stands, once an interval. */
    void report() {
        synchronized (this) {
            long now = context.platform().nanoTime();
            if (now - reportedAt < REPORT_INTERVAL.toNanos()) {
                return;
            }
            reportedAt = now;
        }
        BackfillStatus status = status();
        log.info("{} - backfill of {} {}", context.migration(), entity, text(status));
        context.events().publish(new BackfillProgressed(context.migration(), status));
    }

    void started(Operator operator) {
        log.info("{} - backfill of {} started by {}", context.migration(), entity, operator.name());
        context.events().publish(new BackfillStarted(context.migration(), entity, operator));
    }

    /** Told by the instance that turned it. */
    void turned(RunState to, Operator operator) {
        if (!to.isEnd()) {
            log.info("{} - backfill of {} is {} by {}", context.migration(), entity, to, operator.name());
            return;
        }
        BackfillStatus status = status();
        if (to == RunState.FAILED) {
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

    /** This process takes no further part. */
    void left(RunState state) {
        brake = Brake.NONE;
        if (state == RunState.VOID) {
            log.warn(
                    "{} - backfill of {} is void, because the generation was raised or the dual write ended; start it again",
                    context.migration(),
                    entity);
        }
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
}
