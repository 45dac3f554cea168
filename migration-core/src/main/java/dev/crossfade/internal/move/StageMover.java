package dev.crossfade.internal.move;

import dev.crossfade.MoveResult;
import dev.crossfade.Operator;
import dev.crossfade.control.Stage;
import dev.crossfade.event.MigrationEvent.MoveAborted;
import dev.crossfade.event.MigrationEvent.MoveRefused;
import dev.crossfade.event.MigrationEvent.StageMoved;
import dev.crossfade.internal.observe.Meters;
import dev.crossfade.internal.view.Context;
import dev.crossfade.spi.Coverage;
import dev.crossfade.spi.FenceView;
import dev.crossfade.spi.LedgerStatus;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves a migration between stages: gates, close, drain, open, or reopen where it was.
 *
 * <p>Writers wait from close to open. A crash of this process ends its in-memory fence with it.
 */
public final class StageMover {
    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");

    /** How long one attempt waits for writes under way. */
    static final Duration CLOSE_TIMEOUT = Duration.ofMillis(250);

    /**
     * How often writes under way are waited for. Between two attempts those writes go on that came meanwhile, so that none
     * waits for more than one or two; together they last as long as a writer is prepared to wait.
     */
    static final int CLOSE_ATTEMPTS = 8;

    /** How long dirty keys are drained while writers wait, shorter than they are prepared to. */
    static final Duration DRAIN_TIMEOUT = Duration.ofMillis(1_200);

    /** From the last attempt to close until writes go on. What draining does not take, refreshes under way may. */
    static final Duration PAUSE_LIMIT = Duration.ofMillis(1_900);

    /** What the last steps are given where a process that stood still has used that up: to give up takes no less. */
    static final Duration LAST_STEPS = Duration.ofMillis(200);

    private final Context context;
    private final Gates gates;
    private final Meters meters;
    private final AtomicBoolean moving = new AtomicBoolean();

    public StageMover(Context context, Gates gates, Meters meters) {
        this.context = context;
        this.gates = gates;
        this.meters = meters;
    }

    /** What speaks against the move now; changes nothing. */
    public List<String> check(Stage to, Operator operator) {
        return gates.unmet(context.fence().view(), to, operator);
    }

    public MoveResult move(Stage to, Operator operator) {
        if (!moving.compareAndSet(false, true)) {
            return refuse(context.fence().view(), to, operator, List.of("another move is under way; wait for its end"));
        }
        try {
            FenceView now = context.fence().view();
            List<String> unmet = gates.unmet(now, to, operator);
            return unmet.isEmpty() ? attempt(now, to, operator) : refuse(now, to, operator, unmet);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return abort(context.fence().view(), to, operator, "the thread that moved it was interrupted");
        } finally {
            moving.set(false);
        }
    }

    private MoveResult refuse(FenceView now, Stage to, Operator operator, List<String> reasons) {
        log.warn(
                "{} - the move from {} to {} asked for by {} was refused, nothing changed: {}",
                context.migration(),
                now.stage(),
                to,
                operator.name(),
                String.join("; ", reasons));
        context.events().publish(new MoveRefused(context.migration(), now.stage(), to, operator, reasons));
        return new MoveResult.Refused(reasons);
    }

    private MoveResult attempt(FenceView now, Stage to, Operator operator) throws InterruptedException {
        long began = context.platform().nanoTime();
        Optional<FenceView> closed = Optional.empty();
        for (int attempt = 1; closed.isEmpty() && attempt <= CLOSE_ATTEMPTS; attempt++) {
            began = context.platform().nanoTime();
            closed = context.fence().close(now, to, operator, CLOSE_TIMEOUT);
        }
        if (closed.isEmpty()) {
            return abort(now, to, operator, unclosed(now));
        }
        boolean opened = false;
        try {
            boolean settles = now.stage().isDualWrite() && to != Stage.LEGACY_ONLY;
            if (settles && !context.ledger().settle(DRAIN_TIMEOUT)) {
                return giveUp(closed.get(), to, operator, undrained());
            }
            if (settles && to.isDualWrite() && !isTracked()) {
                return abort(
                        closed.get(),
                        to,
                        operator,
                        "a write under way at the start of the move was not tracked; copy the keys of both stores again");
            }
            List<String> found = settles ? gates.discrepancies() : List.of();
            if (!found.isEmpty()) {
                return giveUp(closed.get(), to, operator, String.join("; ", found));
            }
            Duration left = PAUSE_LIMIT.minusNanos(context.platform().nanoTime() - began);
            Optional<FenceView> open = context.fence()
                    .open(
                            closed.get(),
                            to,
                            () -> settles ? context.ledger().dirtyCount() == 0 : begin(to),
                            left.compareTo(LAST_STEPS) < 0 ? LAST_STEPS : left);
            if (open.isEmpty()) {
                return giveUp(closed.get(), to, operator, "refreshes of the secondary did not end in time; try again");
            }
            opened = true;
            return moved(
                    now,
                    open.get(),
                    operator,
                    Duration.ofNanos(context.platform().nanoTime() - began));
        } finally {
            if (!opened) {
                context.fence().reopen(closed.get(), operator);
            }
        }
    }

    private String unclosed(FenceView seen) {
        FenceView now = context.fence().view();
        if (now.epoch() != seen.epoch()) {
            return "someone else has moved it to epoch " + now.epoch() + " in " + now.stage()
                    + " meanwhile; look where it stands";
        }
        int held = context.fence().held();
        return "the writes under way did not end within " + CLOSE_ATTEMPTS + " x " + CLOSE_TIMEOUT.toMillis() + " ms"
                + (held > 0 ? ", " + held + " writes or refreshes of this instance among them" : "") + holders(seen)
                + "; end long transactions and try again";
    }

    private String holders(FenceView now) {
        List<String> holders = context.fence().holders(now);
        return holders.isEmpty() ? "" : ": " + String.join(", ", holders);
    }

    /** Called while neither a write nor a refresh is under way. */
    private boolean begin(Stage to) {
        if (to == Stage.LEGACY_PRIMARY || to == Stage.LEGACY_ONLY) {
            context.ledger().clear(context.fence().view().generation() + 1);
            // From LEGACY_ONLY on, what the new side holds grows old.
            context.coverage().values().forEach(to == Stage.LEGACY_ONLY ? Coverage::lostTrack : Coverage::begin);
        }
        return true;
    }

    /** Asked again once no write is under way: the gates were asked while writes went on. */
    private boolean isTracked() {
        return context.coverage().values().stream().allMatch(Coverage::isTracked);
    }

    private String undrained() {
        LedgerStatus ledger = context.ledger().status();
        if (ledger.parked() > 0) {
            return ledger.parked() + " keys were parked during the move; mend and retry them, then try again";
        }
        int refused = context.refused();
        return ledger.dirty() + " keys were still dirty after " + DRAIN_TIMEOUT.toMillis() + " ms; "
                + (refused > 0
                        ? "the secondary has refused " + refused
                                + " of them; wait until they are parked, when parkedKeys() "
                                + "says why, mend that and try again"
                        : "wait until the relay has caught up and try again");
    }

    private MoveResult moved(FenceView from, FenceView open, Operator operator, Duration pause) {
        meters.handover(pause);
        log.info(
                "{} - moved from {} to {} at epoch {}, asked for by {} ({}); writes waited {} ms",
                context.migration(),
                from.stage(),
                open.stage(),
                open.epoch(),
                operator.name(),
                operator.reason(),
                pause.toMillis());
        context.events()
                .publish(
                        new StageMoved(context.migration(), from.stage(), open.stage(), open.epoch(), operator, pause));
        return new MoveResult.Moved(from.stage(), open.stage(), open.epoch(), pause);
    }

    /** Lets writes go on first: nobody should wait for a listener. */
    private MoveResult giveUp(FenceView closed, Stage to, Operator operator, String reason) {
        context.fence().reopen(closed, operator);
        return abort(closed, to, operator, reason);
    }

    private MoveResult abort(FenceView from, Stage to, Operator operator, String reason) {
        log.warn(
                "{} - the move from {} to {} asked for by {} was given up, writes go on in {}: {}",
                context.migration(),
                from.stage(),
                to,
                operator.name(),
                from.stage(),
                reason);
        context.events().publish(new MoveAborted(context.migration(), from.stage(), to, operator, reason));
        return new MoveResult.Aborted(reason);
    }
}
