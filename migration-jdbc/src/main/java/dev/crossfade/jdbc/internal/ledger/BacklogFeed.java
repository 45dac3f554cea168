package dev.crossfade.jdbc.internal.ledger;

import dev.crossfade.Operator;
import dev.crossfade.internal.memory.InMemoryLedger;
import dev.crossfade.jdbc.internal.fence.JdbcFence;
import dev.crossfade.jdbc.internal.site.Site;
import dev.crossfade.jdbc.internal.sql.Backlog;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.FailureSummary;
import dev.crossfade.spi.FenceView;
import dev.crossfade.spi.LedgerStatus;
import dev.crossfade.spi.ParkedKey;
import dev.crossfade.spi.Platform;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings dirty keys in from the database that this process does not know: those that a crash left behind, that another
 * instance could not refresh, or that found no room in memory. One instance at a time does so, by a claim with a lease;
 * every instance refreshes what it wrote itself. Where another instance has ended the dual write, the keys are forgotten.
 */
public final class BacklogFeed {
    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final Duration LEASE = Duration.ofSeconds(5);
    private static final Duration EVERY_WHILE_WRITERS_WAIT = Duration.ofMillis(2);
    private static final String JOB = "relay";

    private static final Operator RELEASED = Operator.of("crossfade", "no longer parked in the database");

    private static final Backlog NONE = new Backlog(0, 0, Duration.ZERO);

    /** So many keys are brought in at once. */
    private static final int LOAD = 5_000;

    /** Dirty keys are counted up to here; beyond, nobody needs to know more. */
    private static final int COUNT = 100_000;

    private final String migration;
    private final Platform platform;
    private final JdbcFence fence;
    private final InMemoryLedger memory;
    private final Supplier<Site> primary;
    private final int capacity;
    private final String instance;
    private final Platform.Signal signal;
    private volatile boolean closed;
    private volatile boolean lookAgain;

    /** How often memory had no room for a dirty key: until it has been brought in, every key may be one of those. */
    private final AtomicLong overflows = new AtomicLong();

    /** How many of the {@link #overflows} have been brought in. */
    private final AtomicLong broughtIn = new AtomicLong();

    private volatile Backlog backlog = NONE;
    private Platform.@Nullable Worker worker;

    BacklogFeed(
            String migration,
            Platform platform,
            JdbcFence fence,
            InMemoryLedger memory,
            Supplier<Site> primary,
            int capacity,
            String instance) {
        this.migration = migration;
        this.platform = platform;
        this.fence = fence;
        this.memory = memory;
        this.primary = primary;
        this.capacity = capacity;
        this.instance = instance;
        this.signal = platform.newSignal();
    }

    public void start() {
        fence.onChange(this::lookAgain);
        worker = platform.spawn("crossfade-" + migration + "-backlog", this::run);
    }

    private void run() {
        while (!closed) {
            try {
                signal.await(() -> closed || lookAgain, EVERY);
                lookAgain = false;
                fence.withoutDualWrite(this::forgetAll);
                while (!closed && fence.view().stage().isDualWrite() && feed()) {
                    // More is waiting: not before there is room for it, for the oldest would only come again.
                    memory.progress().await(() -> closed || memory.dirtyCount() < LOAD / 2, EVERY);
                }
            } catch (InterruptedException woken) {
                log.debug("{} - the backlog's thread was woken by an interrupt", migration);
            } catch (SQLException failure) {
                log.debug("{} - the backlog cannot be read ({})", migration, FailureSummary.of(failure));
            } catch (RuntimeException | Error failure) {
                log.error(
                        "{} - the backlog's thread failed with {} and goes on", migration, FailureSummary.of(failure));
            }
        }
    }

    /** Asked every time: a write that was committed before the dual write ended may be recorded afterwards. */
    private void forgetAll() {
        brought(overflows.get());
        backlog = NONE;
        if (memory.dirtyCount() > 0) {
            memory.clear(memory.lastVersion().generation());
        }
    }

    /** Returns whether there is more to bring in. */
    private boolean feed() throws SQLException {
        boolean mine =
                primary.get().own((connection, tables) -> tables.books().claim(connection, JOB, instance, LEASE));
        if (mine || isBehind()) {
            load();
        }
        forgetReleased();
        count();
        forgetReleased();
        return mine && backlog.pending() - backlog.parked() > LOAD;
    }

    /** Keys that were parked here and are not any more may have been retried or discarded by another instance. */
    private void forgetReleased() throws SQLException {
        List<EntityKey> here = memory.parked(LOAD).stream().map(ParkedKey::key).toList();
        if (!here.isEmpty()) {
            Set<EntityKey> there = primary.get()
                    .own((connection, tables) -> tables.failures().parked(connection, COUNT).stream()
                            .map(ParkedKey::key)
                            .collect(Collectors.toSet()));
            memory.retry(here.stream().filter(key -> !there.contains(key)).toList(), RELEASED);
        }
    }

    private void count() throws SQLException {
        backlog = primary.get().own((connection, tables) -> tables.ledger().backlog(connection, COUNT));
    }

    /** Brings in what there is room for, oldest first. */
    private void load() throws SQLException {
        // First: what overflows from here on may not be among the keys that are read.
        long seen = overflows.get();
        int room = Math.min(LOAD, capacity - memory.dirtyCount());
        List<EntityKey> keys = room <= 0
                ? List.of()
                : primary.get().own((connection, tables) -> tables.ledger().pending(connection, LOAD));
        List<EntityKey> unknown =
                keys.stream().filter(key -> !memory.isDirty(key)).toList();
        int known = memory.mark(fence.view().epoch(), unknown);
        if (room > 0 && keys.size() < LOAD && known == unknown.size()) {
            brought(seen);
        }
    }

    private void brought(long upTo) {
        if (broughtIn.getAndAccumulate(upTo, Math::max) < upTo) {
            memory.progress().raise();
        }
    }

    void overflowed() {
        overflows.incrementAndGet();
        lookAgain();
    }

    private boolean isBehind() {
        return broughtIn.get() < overflows.get();
    }

    /** Where nothing is written dually, no key is dirty. */
    boolean hasOverflowed() {
        return isBehind() && fence.view().stage().isDualWrite();
    }

    void lookAgain() {
        lookAgain = true;
        signal.raise();
    }

    LedgerStatus status() {
        LedgerStatus known = memory.status();
        Backlog seen = backlog;
        Duration lag = known.lag().compareTo(seen.lag()) > 0 ? known.lag() : seen.lag();
        return new LedgerStatus(
                Math.max(known.dirty(), seen.pending()), Math.max(known.parked(), seen.parked()), lag, known.peak(), 0);
    }

    /** Has every dirty key refreshed, whoever wrote it, and asks the database whether that is so. */
    boolean settle(Duration timeout) throws InterruptedException {
        long deadline = platform.nanoTime() + timeout.toNanos();
        FenceView closedView = fence.view();
        memory.hurry();
        while (fence.view().epoch() == closedView.epoch()) {
            try {
                if (primary.get().own((connection, tables) -> tables.ledger().isSettled(connection))) {
                    return true;
                }
                load();
                count();
            } catch (SQLException failure) {
                log.warn("{} - the drain could not read the ledger ({})", migration, FailureSummary.of(failure));
                return false;
            }
            if (backlog.parked() > 0 || platform.nanoTime() - deadline >= 0) {
                return false;
            }
            memory.progress().await(() -> memory.dirtyCount() == 0, EVERY_WHILE_WRITERS_WAIT);
        }
        return false;
    }

    public void close() {
        closed = true;
        signal.raise();
        Platform.Worker running = worker;
        if (running != null) {
            try {
                running.join(EVERY);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
