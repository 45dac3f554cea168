package dev.crossfade;

import dev.crossfade.event.MigrationEvent.CopyCompleted;
import dev.crossfade.internal.state.EntityState;
import dev.crossfade.internal.view.Context;
import dev.crossfade.spi.Coverage;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.Fence.Hold;
import dev.crossfade.spi.FenceView;
import dev.crossfade.spi.LedgerStatus;
import dev.crossfade.spi.Platform;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/**
 * The copy of the rows that existed before the dual write began: mark every key, while the service reads and writes,
 * and declare the copy complete. The relay does the rest. List the keys after the dual write began. Where the new store may
 * hold rows already, as after writes that were not tracked or on a second entry, mark the keys of both stores: a row that is
 * gone from the primary is deleted only if its key is marked.
 *
 * <p>Marking waits where the ledger has no room, so a loop over all keys goes as fast as the secondary takes them.
 * Belongs to the epoch in which it began: a move between stages ends it. For one thread.
 */
public final class CopyRun {
    private static final Duration ROOM_TIMEOUT = Duration.ofMillis(200);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    private final Context context;
    private final String entity;
    private final long epoch;
    private final Coverage coverage;
    private final long lossesBefore;
    private final long untrackedBefore;
    private final Platform.Signal pause;
    private final BooleanSupplier closed;
    private long marked;

    CopyRun(Context context, String entity, BooleanSupplier closed) {
        this.closed = closed;
        this.context = context;
        this.entity = entity;
        FenceView fence = context.fence().view();
        this.epoch = fence.epoch();
        this.coverage = context.coverage(entity);
        this.lossesBefore = coverage.losses();
        this.untrackedBefore = context.ledger().untracked();
        this.pause = context.platform().newSignal();
        if (!fence.stage().isDualWrite()) {
            throw new MigrationException(
                    context.migration(),
                    "nothing can be copied in " + fence.stage()
                            + ". Nothing was marked. Move to LEGACY_PRIMARY first.");
        }
    }

    /**
     * Marks keys dirty; waits while the ledger is full.
     *
     * @throws MigrationException   if the stage has moved since the copy began, and the marks made so far are void, or if
     *                              the migration was closed
     * @throws InterruptedException if the thread is interrupted while it waits; some of the keys may be marked
     */
    public void mark(Collection<?> keys) throws InterruptedException {
        List<EntityKey> rest = new ArrayList<>(keys.size());
        EntityState state = Objects.requireNonNull(context.entities().get(entity));
        keys.forEach(key -> rest.add(state.key(key)));
        int done = 0;
        while (done < rest.size()) {
            requireOpen();
            int accepted = markUnderFence(rest.subList(done, rest.size()));
            done += accepted;
            marked += accepted;
            if (accepted == 0) {
                int full = context.ledger().dirtyCount();
                context.ledger().progress().await(() -> context.ledger().dirtyCount() < full, ROOM_TIMEOUT);
            }
        }
    }

    /** A mark that lands after the move would stay dirty in a stage that refreshes nothing. */
    private int markUnderFence(List<EntityKey> keys) {
        Hold hold = context.fence().enterSecondary(epoch).orElseThrow(this::moved);
        try {
            return context.ledger().mark(epoch, keys);
        } finally {
            hold.release();
        }
    }

    /**
     * Declares that every key that existed when the dual write began has been marked, and waits until all of them are
     * refreshed. From then on the new side may answer queries, and the primary may move.
     *
     * @param operator who declares it
     * @param timeout  how long to wait
     * @return what still stands in the way; empty if the copy is complete
     * @throws MigrationException if the stage has moved since the copy began, or if the migration was closed
     */
    public List<String> complete(Operator operator, Duration timeout) throws InterruptedException {
        var through = context.ledger().lastVersion();
        long deadline = context.platform().nanoTime() + timeout.toNanos();
        while (!context.ledger().isSettledThrough(through)) {
            requireSameEpoch();
            if (context.platform().nanoTime() - deadline >= 0) {
                return List.of(unsettled());
            }
            pause.await(() -> false, LOOK_AGAIN);
        }
        requireSameEpoch();
        if (context.ledger().untracked() != untrackedBefore || !coverage.copied(lossesBefore, operator)) {
            return List.of("writes were not tracked while the copy ran; begin another copy");
        }
        context.events().publish(new CopyCompleted(context.migration(), entity, marked, operator));
        return List.of();
    }

    private String unsettled() {
        LedgerStatus ledger = context.ledger().status();
        return ledger.parked() > 0
                ? ledger.parked() + " keys are parked; mend and retry them, then complete the copy again"
                : ledger.dirty() + " keys are still dirty; complete the copy again when the relay has caught up";
    }

    private void requireOpen() {
        if (closed.getAsBoolean()) {
            throw new MigrationException(
                    context.migration(),
                    "it was closed while the copy of " + entity + " ran. Begin another copy after the next start.");
        }
    }

    private void requireSameEpoch() {
        requireOpen();
        if (context.fence().view().epoch() != epoch) {
            throw moved();
        }
    }

    private MigrationException moved() {
        return new MigrationException(
                context.migration(),
                "the fence moved to epoch " + context.fence().view().epoch() + " while the copy of " + entity
                        + " of epoch " + epoch
                        + " ran, so its marks say nothing any more. Nothing was lost. Begin another copy.");
    }

    /** How many keys were marked. */
    public long marked() {
        return marked;
    }
}
