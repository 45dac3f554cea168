package dev.crossfade.internal.write;

import dev.crossfade.Side;
import dev.crossfade.internal.state.EntityState;
import dev.crossfade.internal.view.Context;
import dev.crossfade.internal.view.Presence;
import dev.crossfade.internal.write.SecondaryWriter.Way;
import dev.crossfade.spi.Change;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.Fence.Hold;
import dev.crossfade.spi.FenceView;
import dev.crossfade.spi.Ledger.Pending;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes the secondary equal to the primary, key by key. Nothing else writes the secondary.
 *
 * <p>State is moved, not operations: read the version, the state and the version again; write the state only where the
 * secondary is older; note "done up to that version". Any number of refreshes of one key may run at once, in any order.
 */
final class Refresher {
    private final Context context;
    private final SecondaryWriter writer;

    Refresher(Context context, SecondaryWriter writer) {
        this.context = context;
        this.writer = writer;
    }

    /**
     * Refreshes keys of one entity.
     *
     * @param seen takes what the ledger says of the keys that are refreshed, also if that fails
     * @return keys that cannot be written now, because another refresh writes them, the roles are about to change
     *     or there is no secondary, and those that were written without the ledger being able to note it
     * @throws PrimaryFailed  if the primary could not be read, or not in its transaction
     * @throws RefusedRefresh if a row should be there that is not, or deletes would go too far
     * @throws Throwable      what the secondary throws; keys that were not written stay dirty
     */
    Set<EntityKey> refresh(EntityState state, Collection<EntityKey> keys, Way way, Map<EntityKey, Pending> seen)
            throws Throwable {
        FenceView fence = context.fence().view();
        if (!fence.stage().isDualWrite()) {
            // Whoever forgets these keys is about to: trying again at once would be a circle until then.
            return Set.copyOf(keys);
        }
        Side primary = fence.stage().primary();
        Map<EntityKey, Object> states = new HashMap<>();
        read(state, primary, keys, seen, states);
        if (seen.isEmpty()) {
            return Set.of();
        }
        requireExpectedAbsence(seen, states);
        Optional<Hold> hold = context.fence().enterSecondary(fence.epoch());
        if (hold.isEmpty()) {
            // Another epoch: the next refresh goes by it. The same: a move waits for the refreshes under way.
            return context.fence().view().epoch() == fence.epoch() ? seen.keySet() : Set.of();
        }
        Set<EntityKey> done = apply(writer.attempt(state, primary.other(), way), fence, hold.get(), seen, states);
        Set<EntityKey> heldUp = new HashSet<>(seen.keySet());
        heldUp.removeAll(done);
        seen.keySet().removeAll(heldUp);
        if (!seen.isEmpty()) {
            heldUp.addAll(context.ledger().synced(seen));
        }
        return heldUp;
    }

    private Set<EntityKey> apply(
            SecondaryWriter.Attempt attempt,
            FenceView fence,
            Hold hold,
            Map<EntityKey, Pending> seen,
            Map<EntityKey, Object> states)
            throws Throwable {
        boolean stands = false;
        try {
            Set<EntityKey> done =
                    context.ledger().apply(fence.epoch(), seen, behind -> attempt.write(behind, seen, states));
            stands = true;
            return done;
        } finally {
            hold.release();
            if (stands) {
                attempt.stands();
            } else {
                attempt.failed();
            }
        }
    }

    /**
     * Versions, states and versions again, in one transaction of the primary. Leaves those keys that no write has touched
     * in between; the others are refreshed when their turn comes.
     */
    private void read(
            EntityState state,
            Side primary,
            Collection<EntityKey> keys,
            Map<EntityKey, Pending> seen,
            Map<EntityKey, Object> states)
            throws PrimaryFailed {
        try {
            context.store(primary).inTransaction(() -> {
                seen.putAll(context.ledger().pending(keys));
                seen.values().removeIf(Pending::isParked);
                if (!seen.isEmpty()) {
                    states.putAll(findHere(state, primary, seen.keySet()));
                    Map<EntityKey, Pending> again = context.ledger().pending(seen.keySet());
                    seen.entrySet().removeIf(entry -> !isSame(entry.getValue(), again.get(entry.getKey())));
                }
                return true;
            });
        } catch (Throwable failure) {
            throw new PrimaryFailed(failure);
        }
    }

    /** What a cache or a replica answers may be old, and would leave the secondary behind for good, and clean. */
    private Map<EntityKey, Object> findHere(EntityState state, Side primary, Collection<EntityKey> keys)
            throws RefusedRefresh {
        Map<EntityKey, Object> found = new HashMap<>();
        for (Collection<EntityKey> together : state.foundTogether(keys)) {
            Presence presence = Presence.on(context.store(primary));
            found.putAll(state.findAll(primary, together));
            if (presence.ranNothing()) {
                throw new RefusedRefresh(presence.complaint("find of " + state.entity()));
            }
        }
        return found;
    }

    private static boolean isSame(Pending before, @Nullable Pending after) {
        return after != null && after.version().equals(before.version());
    }

    private static void requireExpectedAbsence(Map<EntityKey, Pending> seen, Map<EntityKey, Object> states)
            throws RefusedRefresh {
        boolean missing = seen.entrySet().stream()
                .anyMatch(entry -> entry.getValue().change() == Change.WRITTEN && !states.containsKey(entry.getKey()));
        if (missing) {
            // A tenant filter or a stale replica would turn this into a mass delete.
            throw new RefusedRefresh("absent on the primary after a write");
        }
    }
}
