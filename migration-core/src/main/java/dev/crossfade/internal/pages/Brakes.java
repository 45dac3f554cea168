package dev.crossfade.internal.pages;

import dev.crossfade.internal.view.WriteTimes;
import dev.crossfade.run.Brake;
import dev.crossfade.run.RunLimits;
import dev.crossfade.spi.Ledger;
import dev.crossfade.spi.LedgerStatus;
import dev.crossfade.spi.Platform;
import java.time.Duration;

/** Says whether a page may begin now. One for all threads of a job in this process. */
public final class Brakes {
    /** How long a page waits for a slow store or after too many failures, doubled each time up to the longest. */
    static final Duration PAUSE = Duration.ofSeconds(1);

    private static final int MAX_DOUBLINGS = 4;

    /** After fewer pages than this a share of failures says nothing. */
    private static final int MIN_PAGES = 4;

    private static final int ALL_PAGES = (1 << RunLimits.ERROR_WINDOW) - 1;

    private final Platform platform;
    private final Ledger ledger;

    /** Guarded by {@code this}. */
    private final Pace pace;

    /** When the rows so far are paid for. Guarded by {@code this}. */
    private long paidAt;

    /** The last pages, a failed one as a bit that is set. Guarded by {@code this}. */
    private int failures;

    /** Guarded by {@code this}. */
    private int pages;

    /** Guarded by {@code this}. */
    private Brake pausedFor = Brake.NONE;

    /** Guarded by {@code this}. */
    private long pausedUntil;

    /** How often in a row a page had to pause. Guarded by {@code this}. */
    private int pauses;

    public Brakes(Platform platform, Ledger ledger, WriteTimes times) {
        this.platform = platform;
        this.ledger = ledger;
        this.pace = new Pace(platform, times);
        this.paidAt = platform.nanoTime();
    }

    /** No page begins any more until {@link #now} is asked again: how long writes take is of no interest meanwhile. */
    public synchronized void rest() {
        pace.end();
    }

    /** How long to wait before {@link #now} may say otherwise: no longer than the rows so far have to be paid for. */
    public synchronized Duration untilNext(Duration longest) {
        long unpaid = paidAt - platform.nanoTime();
        return unpaid <= 0 || unpaid > longest.toNanos() ? longest : Duration.ofNanos(unpaid);
    }

    /** The limits of the next page: as slow as the service's writes want it. */
    public synchronized RunLimits bound(RunLimits limits) {
        return pace.bound(limits);
    }

    /**
     * What keeps a page from beginning now.
     *
     * @param refused rows that the secondary refuses; their keys stay dirty and grow old, and must not stop the others, no
     *                more than parked keys must
     */
    public synchronized Brake now(RunLimits limits, long refused) {
        long now = platform.nanoTime();
        pace.begin();
        pace.look(limits);
        if (pace.isCalm()) {
            return Brake.WRITES_SLOW;
        }
        if (pausedFor != Brake.NONE && now - pausedUntil < 0) {
            return pausedFor;
        }
        if (now - paidAt < 0) {
            return pace.bound(limits).equals(limits) ? Brake.ROWS_PER_SECOND : Brake.WRITES_SLOW;
        }
        // Of all instances: what another one has not refreshed yet keeps the secondary behind, too.
        LedgerStatus seen = ledger.status();
        long waiting = seen.dirty() - Math.max(refused, seen.parked());
        if (waiting > limits.maxDirty()) {
            return Brake.BACKLOG;
        }
        boolean lags = waiting > RunLimits.NO_BACKLOG && seen.lag().compareTo(limits.maxLag()) > 0;
        return lags ? Brake.LAG : Brake.NONE;
    }

    /** Rows that were read count against the rows per second, whether or not they were missing. */
    public synchronized void read(int rows, RunLimits limits) {
        long now = platform.nanoTime();
        if (paidAt - now < 0) {
            paidAt = now;
        }
        long perSecond = pace.bound(limits).rowsPerSecond();
        if (perSecond != Long.MAX_VALUE) {
            paidAt += Math.round(rows * 1e9 / perSecond);
        }
        pace.read(rows);
    }

    /** How long a small query of each side took. */
    public synchronized void latency(Duration primary, Duration secondary, RunLimits limits) {
        if (primary.compareTo(limits.maxLatency()) > 0) {
            pause(Brake.PRIMARY_SLOW);
        } else if (secondary.compareTo(limits.maxLatency()) > 0) {
            pause(Brake.SECONDARY_SLOW);
        } else if (pausedFor == Brake.PRIMARY_SLOW || pausedFor == Brake.SECONDARY_SLOW) {
            release();
        }
    }

    /** A page has ended. */
    public synchronized void ended(boolean failed, RunLimits limits) {
        failures = (failures << 1 | (failed ? 1 : 0)) & ALL_PAGES;
        pages = Math.min(pages + 1, RunLimits.ERROR_WINDOW);
        boolean tooMany = pages >= MIN_PAGES && Integer.bitCount(failures) > limits.maxErrorShare() * pages;
        if (failed && tooMany) {
            pause(Brake.ERRORS);
        } else if (!tooMany && pausedFor == Brake.ERRORS) {
            release();
        }
    }

    private void pause(Brake brake) {
        pauses = pausedFor == brake ? Math.min(pauses + 1, MAX_DOUBLINGS) : 0;
        pausedFor = brake;
        pausedUntil = platform.nanoTime() + (PAUSE.toNanos() << pauses);
    }

    private void release() {
        pausedFor = Brake.NONE;
        pauses = 0;
    }
}
