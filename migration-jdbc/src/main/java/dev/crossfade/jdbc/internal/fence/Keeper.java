package dev.crossfade.jdbc.internal.fence;

import dev.crossfade.Operator;
import dev.crossfade.Side;
import dev.crossfade.jdbc.internal.site.Bookkeeping.Instance;
import dev.crossfade.jdbc.internal.site.Site;
import dev.crossfade.jdbc.internal.sql.FenceRow;
import dev.crossfade.jdbc.internal.sql.Role;
import dev.crossfade.spi.FailureSummary;
import dev.crossfade.spi.FenceView;
import dev.crossfade.spi.FenceView.Phase;
import dev.crossfade.spi.Platform;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the fence once a second, and every few milliseconds while writers wait for a move; says that this instance is
 * alive; and ends the moves of instances that have died: what was released is granted, what was only drained is given up.
 * What needs both databases has a thread of its own, which an ill secondary may hold up as long as it likes.
 */
public final class Keeper {
    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final Duration EVERY_WHILE_WRITERS_WAIT = Duration.ofMillis(5);
    private static final Duration BEAT = Duration.ofSeconds(2);
    private static final Duration SOON = Duration.ofMillis(20);
    private static final Duration FORGET_AFTER = Duration.ofHours(1);

    /** Longer than any move drains: who drains for so long has died. */
    static final Duration ABANDONED = Duration.ofSeconds(5);

    private static final Operator HEIR = Operator.of("crossfade", "the instance that began the move has fallen silent");

    private final String migration;
    private final String instance;
    private final String description;
    private final Platform platform;
    private final JdbcFence fence;
    private final Handover handover;
    private final OldPrimary oldPrimary;
    private final Purge purge;
    private final Site legacy;
    private final Site next;
    private final Consumer<FenceView> looked;
    private final Platform.Signal signal;
    private volatile boolean closed;
    private Platform.@Nullable Worker watch;
    private Platform.@Nullable Worker repair;

    /** The sides whose database may hold a heartbeat of this instance. */
    private final Set<Side> beaten = ConcurrentHashMap.newKeySet();

    /** Used by the keeper's thread only. */
    private long drainingSince;

    /** Used by the keeper's thread only. */
    private long drainingEpoch = -1;

    /** Used by the keeper's thread only. */
    private long beatDue;

    /** Where the migration stood at the last beat, which may have failed. Used by the keeper's thread only. */
    private @Nullable FenceView beatFor;

    /** @param looked told after every look */
    public Keeper(
            String migration,
            String instance,
            String description,
            Platform platform,
            JdbcFence fence,
            Handover handover,
            OldPrimary oldPrimary,
            Site legacy,
            Site next,
            Consumer<FenceView> looked) {
        this.migration = migration;
        this.instance = instance;
        this.description = description;
        this.platform = platform;
        this.fence = fence;
        this.handover = handover;
        this.oldPrimary = oldPrimary;
        this.purge = new Purge(migration, handover, legacy, next);
        this.legacy = legacy;
        this.next = next;
        this.looked = looked;
        this.signal = platform.newSignal();
    }

    public void start() {
        fence.onChange(signal::raise);
        beat();
        watch = platform.spawn("crossfade-" + migration + "-fence", this::watch);
        repair = platform.spawn("crossfade-" + migration + "-repair", this::repair);
    }

    private void watch() {
        FenceView seen = fence.view();
        while (!closed) {
            try {
                FenceView before = seen;
                signal.await(() -> closed || fence.view() != before, pause(before));
                if (!closed) {
                    keep();
                }
                seen = fence.view();
            } catch (InterruptedException woken) {
                log.debug("{} - the fence's thread was woken by an interrupt", migration);
            } catch (RuntimeException | Error failure) {
                log.error("{} - the fence's thread failed with {} and goes on", migration, FailureSummary.of(failure));
            }
        }
    }

    /** A database that has been silent for a second is not pressed: no writer waits for long any more. */
    private Duration pause(FenceView view) {
        return view.phase() == Phase.DRAINING && fence.age().compareTo(EVERY) < 0 ? EVERY_WHILE_WRITERS_WAIT : EVERY;
    }

    private void keep() {
        fence.look();
        FenceView view = fence.view();
        looked.accept(view);
        if (!view.equals(beatFor) || platform.nanoTime() - beatDue >= 0) {
            beat();
        }
        if (view.phase() == Phase.DRAINING) {
            giveUpIfAbandoned(view);
        }
    }

    private void repair() {
        boolean hasMore = false;
        while (!closed) {
            try {
                if (!signal.await(() -> closed, hasMore ? SOON : EVERY)) {
                    hasMore = repair(fence.lookAtBoth(), fence.view());
                }
            } catch (InterruptedException woken) {
                log.debug("{} - the fence's repair was woken by an interrupt", migration);
            } catch (RuntimeException | Error failure) {
                log.error("{} - the fence's repair failed with {} and goes on", migration, FailureSummary.of(failure));
            }
        }
    }

    /** Whether there is more to do at once. */
    private boolean repair(Rows rows, FenceView view) {
        Side granted = rows.grantable();
        FenceRow prepared = granted == null ? null : rows.of(granted);
        Side secondary = view.stage().primary().other();
        FenceRow other = rows.of(secondary);
        if (granted != null && prepared != null) {
            if (handover.grant(granted, prepared.epoch())) {
                fence.look();
            }
        } else if (view.phase() == Phase.OPEN
                && other != null
                && other.role() == Role.PREPARED
                && other.epoch() < view.epoch()) {
            handover.settleSecondary(secondary, view.stage(), view.epoch());
        }
        if (view.phase() == Phase.OPEN) {
            oldPrimary.takeBackIfStale(rows);
            if (other != null) {
                leave(secondary);
            }
        }
        return purge.goOn(view, rows);
    }

    private void giveUpIfAbandoned(FenceView view) {
        long now = platform.nanoTime();
        if (view.epoch() != drainingEpoch) {
            drainingEpoch = view.epoch();
            drainingSince = now;
        } else if (now - drainingSince >= ABANDONED.toNanos()) {
            log.warn(
                    "{} - the move at epoch {} has drained for {} s and its instance is silent; it is given up and writes "
                            + "go on in {}",
                    migration,
                    view.epoch(),
                    ABANDONED.toSeconds(),
                    view.stage());
            fence.reopen(view, HEIR);
            // If that failed, as where the database does not answer, it is not tried again at once.
            drainingSince = platform.nanoTime();
        }
    }

    private void beat() {
        FenceView view = fence.view();
        Duration next = EVERY;
        beaten.add(view.stage().primary());
        try {
            primary(view).own((connection, tables) -> {
                tables.books().beat(connection, new Instance(instance, view.epoch(), view.stage(), description));
                return true;
            });
            next = BEAT;
        } catch (SQLException failure) {
            log.debug("{} - no heartbeat ({})", migration, FailureSummary.of(failure));
        }
        beatFor = view;
        beatDue = platform.nanoTime() + next.toNanos();
    }

    /** What this instance has last said there of where it stands would be taken for what it goes by. */
    private void leave(Side side) {
        if (beaten.remove(side)) {
            try {
                site(side).own((connection, tables) -> {
                    tables.books().leave(connection, instance, FORGET_AFTER);
                    return true;
                });
            } catch (SQLException failure) {
                beaten.add(side);
                log.debug("{} - could not say goodbye ({})", migration, FailureSummary.of(failure));
            }
        }
    }

    private Site primary(FenceView view) {
        return site(view.stage().primary());
    }

    private Site site(Side side) {
        return side == Side.LEGACY ? legacy : next;
    }

    public void close() {
        closed = true;
        signal.raise();
        try {
            join(watch);
            join(repair);
            leave(fence.view().stage().primary());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void join(Platform.@Nullable Worker running) throws InterruptedException {
        if (running != null) {
            running.join(EVERY);
        }
    }
}
