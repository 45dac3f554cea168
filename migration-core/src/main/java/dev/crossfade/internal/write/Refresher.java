package dev.crossfade.internal.write;

import dev.crossfade.Side;
import dev.crossfade.event.MigrationEvent.KeyParked;
import dev.crossfade.event.MigrationEvent.SecondaryAvailable;
import dev.crossfade.event.MigrationEvent.SecondaryUnavailable;
import dev.crossfade.internal.state.EntityState;
import dev.crossfade.internal.view.Breaker;
import dev.crossfade.internal.view.Context;
import dev.crossfade.internal.view.FailureKind;
import dev.crossfade.spi.Change;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.FailureSummary;
import dev.crossfade.spi.Fence.Hold;
import dev.crossfade.spi.FenceView;
import dev.crossfade.spi.Ledger.Pending;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the secondary equal to the primary, key by key. Nothing else writes the secondary.
 *
 * <p>State is moved, not operations: read the version, the state and the version again; write the state only where the
 * secondary is older; note "done up to that version". Any number of refreshes of one key may run at once, in any order.
 */
public final class Refresher {
    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");

    /** So many keys are written together at most where they are in each other's way. */
    private static final int RIVALS = 1_000;

    private final Context context;
    private final Breaker breaker;
    private final DeleteCap deleteCap;
    private final LongAdder applied;
    private final LongAdder failed;
    private final LongAdder parked;

    /** Raised whenever the secondary has answered; tells a slow key from a dead store. */
    private final AtomicLong answers = new AtomicLong();

    /** How the states of the primary come to the secondary. */
    private enum Way {
        OVERWRITE,
        /** Deletes the rows before it writes them: what they hold that must be unique is free for each other then. */
        REPLACE
    }

    public Refresher(Context context, Breaker breaker, int deletesByMarksPerMinute) {
        this.context = context;
        this.breaker = breaker;
        this.deleteCap = new DeleteCap(context.platform(), deletesByMarksPerMinute);
        this.applied = context.counters().counter("crossfade.refresh", "outcome", "applied");
        this.failed = context.counters().counter("crossfade.refresh", "outcome", "failed");
        this.parked = context.counters().counter("crossfade.refresh", "outcome", "parked");
    }

    /** Refreshes keys that were taken from the ledger, and returns every one of them to it. Never throws. */
    void refreshTaken(List<EntityKey> taken) {
        Map<String, List<EntityKey>> byEntity = new LinkedHashMap<>();
        taken.forEach(key -> byEntity.computeIfAbsent(key.entity(), entity -> new ArrayList<>())
                .add(key));
        byEntity.forEach((entity, keys) -> {
            EntityState state = context.entity(entity);
            if (keys.size() == 1 || !state.hasBulkForms() || !refreshTogether(state, keys)) {
                refreshOneByOne(state, keys);
            }
        });
    }

    /** The first tells whether the secondary answers; if it does not, the others are not made to find out too. */
    private void refreshOneByOne(EntityState state, List<EntityKey> keys) {
        refreshOne(state, keys.get(0));
        for (EntityKey key : keys.subList(1, keys.size())) {
            if (breaker.isOpen()) {
                context.ledger().failed(key, "the secondary does not answer", false);
            } else {
                refreshOne(state, key);
            }
        }
    }

    private boolean refreshTogether(EntityState state, List<EntityKey> keys) {
        Set<EntityKey> heldUp;
        try {
            heldUp = refresh(state, keys);
        } catch (Throwable failure) {
            // One bad key fails the batch; one by one, the others go on.
            return false;
        }
        keys.forEach(key -> giveBack(key, heldUp));
        return true;
    }

    private void refreshOne(EntityState state, EntityKey key) {
        long answersBefore = answers.get();
        try {
            giveBack(key, refresh(state, List.of(key)));
        } catch (Throwable failure) {
            if (!FailureKind.isDuplicate(failure) || !refreshWithRivals(state, key)) {
                giveUpForNow(key, failure, answersBefore);
            }
        }
    }

    /**
     * Two keys that have swapped a unique value refuse each other for ever when they are written one after the other.
     * Those that were refused are written in one transaction instead, their old rows deleted first. Every row deleted
     * belongs to a key that is made equal to the primary in that transaction, under its version check.
     *
     * @return whether the key was refreshed
     */
    private boolean refreshWithRivals(EntityState state, EntityKey key) {
        List<EntityKey> rivals = context.ledger().refused(key.entity(), RIVALS);
        if (rivals.stream().allMatch(key::equals)) {
            return false;
        }
        Set<EntityKey> together = new LinkedHashSet<>(rivals);
        together.add(key);
        try {
            giveBack(key, refresh(state, together, Way.REPLACE));
            return true;
        } catch (Throwable stillRefused) {
            return false;
        }
    }

    private void giveBack(EntityKey key, Set<EntityKey> heldUp) {
        if (heldUp.contains(key)) {
            // Not at once: trying again and again would only read the primary in a circle.
            context.ledger().failed(key, "held up by another refresh or a move", false);
        } else {
            context.ledger().giveBack(key);
        }
    }

    /**
     * Refreshes keys of one entity, whoever asks for it.
     *
     * @return keys that cannot be written now, because another refresh writes them or the roles are about to change
     * @throws Throwable what a store throws; keys that were not written stay dirty
     */
    public Set<EntityKey> refresh(EntityState state, Collection<EntityKey> keys) throws Throwable {
        return refresh(state, keys, Way.OVERWRITE);
    }

    private Set<EntityKey> refresh(EntityState state, Collection<EntityKey> keys, Way way) throws Throwable {
        FenceView fence = context.fence().view();
        if (!fence.stage().isDualWrite()) {
            return Set.of();
        }
        Side primary = fence.stage().primary();
        Map<EntityKey, Object> states = new HashMap<>();
        Map<EntityKey, Pending> seen = read(state, primary, keys, states);
        if (seen.isEmpty()) {
            return Set.of();
        }
        requireExpectedAbsence(seen, states);
        Optional<Hold> hold = context.fence().enterSecondary(fence.epoch());
        if (hold.isEmpty()) {
            // Another epoch: the next refresh goes by it. The same: a move waits for the refreshes under way.
            return context.fence().view().epoch() == fence.epoch() ? seen.keySet() : Set.of();
        }
        Set<EntityKey> done;
        try {
            done = context.ledger()
                    .apply(fence.epoch(), seen, behind -> write(state, primary.other(), way, behind, seen, states));
        } finally {
            hold.get().release();
        }
        Set<EntityKey> heldUp = new HashSet<>(seen.keySet());
        heldUp.removeAll(done);
        seen.keySet().removeAll(heldUp);
        if (!seen.isEmpty()) {
            context.ledger().synced(seen);
        }
        return heldUp;
    }

    /**
     * Versions, states and versions again, in one transaction of the primary. Returns those keys that no write has touched
     * in between; the others are refreshed when their turn comes.
     */
    private Map<EntityKey, Pending> read(
            EntityState state, Side primary, Collection<EntityKey> keys, Map<EntityKey, Object> states)
            throws PrimaryFailed {
        Map<EntityKey, Pending> seen = new HashMap<>();
        try {
            context.store(primary).inTransaction(() -> {
                seen.putAll(context.ledger().pending(keys));
                seen.values().removeIf(Pending::isParked);
                if (!seen.isEmpty()) {
                    states.putAll(state.findAll(primary, seen.keySet()));
                    Map<EntityKey, Pending> again = context.ledger().pending(seen.keySet());
                    seen.entrySet().removeIf(entry -> !isSame(entry.getValue(), again.get(entry.getKey())));
                }
                return true;
            });
        } catch (Throwable failure) {
            throw new PrimaryFailed(failure);
        }
        return seen;
    }

    private static boolean isSame(Pending before, @Nullable Pending after) {
        return after != null && after.version().equals(before.version());
    }

    private static void requireExpectedAbsence(Map<EntityKey, Pending> seen, Map<EntityKey, Object> states)
            throws RefusedRefresh {
        for (EntityKey key : seen.keySet()) {
            if (changeOf(key, seen) == Change.WRITTEN && !states.containsKey(key)) {
                // A tenant filter or a stale replica would turn this into a mass delete.
                throw new RefusedRefresh("absent on the primary after a write");
            }
        }
    }

    private static Change changeOf(EntityKey key, Map<EntityKey, Pending> pending) {
        Pending seen = pending.get(key);
        return seen == null ? Change.MARKED : seen.change();
    }

    private void write(
            EntityState state,
            Side secondary,
            Way way,
            Set<EntityKey> behind,
            Map<EntityKey, Pending> pending,
            Map<EntityKey, Object> states)
            throws Throwable {
        List<Object> present = new ArrayList<>();
        List<EntityKey> replaced = new ArrayList<>();
        List<EntityKey> absent = new ArrayList<>();
        for (EntityKey key : behind) {
            Object found = states.get(key);
            if (found != null) {
                present.add(found);
                replaced.add(key);
            } else {
                absent.add(key);
            }
        }
        context.store(secondary).inTransaction(() -> {
            // First: a row that is gone may have left something unique to one that is written.
            if (!absent.isEmpty()) {
                requireRoomForDeletes(state, secondary, absent, pending);
                state.deleteAll(secondary, absent);
            }
            if (way == Way.REPLACE && !replaced.isEmpty()) {
                requireDeletesOfNothingElse(secondary);
                state.deleteAll(secondary, replaced);
            }
            if (!present.isEmpty()) {
                state.overwriteAll(secondary, present);
            }
            return true;
        });
        answers.incrementAndGet();
        applied.add(behind.size());
        noteAnswer();
    }

    private void requireDeletesOfNothingElse(Side secondary) throws Throwable {
        if (context.store(secondary).deletesReachFurther()) {
            throw new RefusedRefresh("a unique value is taken, and deletes would reach other tables");
        }
    }

    private void requireRoomForDeletes(
            EntityState state, Side secondary, List<EntityKey> absent, Map<EntityKey, Pending> pending)
            throws RefusedRefresh {
        List<EntityKey> marked = absent.stream()
                .filter(key -> changeOf(key, pending) == Change.MARKED)
                .toList();
        for (EntityKey existing : state.findAll(secondary, marked).keySet()) {
            if (!deleteCap.tryTake()) {
                throw new RefusedRefresh("too many deletes by marks, first refused for " + existing.entity());
            }
        }
    }

    private void giveUpForNow(EntityKey key, Throwable thrown, long answersBefore) {
        Throwable failure = thrown instanceof PrimaryFailed primary ? primary.failure() : thrown;
        FailureKind kind = FailureKind.of(failure);
        FailureSummary summary = FailureSummary.of(failure);
        String reason = failure instanceof RefusedRefresh refused ? refused.reason() : summary.toString();
        boolean ofPrimary = thrown instanceof PrimaryFailed;
        if (kind == FailureKind.UNREACHABLE && !ofPrimary) {
            noteUnreachable(summary);
        } else if (!ofPrimary && !(failure instanceof RefusedRefresh)) {
            noteAnswer();
        }
        // A store that answered others meanwhile is not down: then this key is the trouble.
        boolean counted = kind == FailureKind.REFUSED
                || (kind == FailureKind.UNREACHABLE && !ofPrimary && answers.get() != answersBefore);
        failed.increment();
        if (context.ledger().failed(key, reason, counted)) {
            parked.increment();
            log.warn(
                    "{} - {} is parked after repeated failures ({}); other keys go on. It blocks the next stage until a "
                            + "later write, retry or discard",
                    context.migration(),
                    key,
                    reason);
            context.events().publish(new KeyParked(context.migration(), key, reason));
        }
    }

    /** The secondary has answered, be it with a refusal. */
    private void noteAnswer() {
        if (breaker.succeeded()) {
            Side secondary = context.fence().view().stage().primary().other();
            context.ledger().hurry();
            log.info("{} - the {} store answers again; dirty keys are refreshed", context.migration(), secondary);
            context.events().publish(new SecondaryAvailable(context.migration(), secondary));
        }
    }

    private void noteUnreachable(FailureSummary summary) {
        if (breaker.failed()) {
            Side secondary = context.fence().view().stage().primary().other();
            log.warn(
                    "{} - the {} store does not answer ({}); keys stay dirty and the primary goes on, next try in {} ms",
                    context.migration(),
                    secondary,
                    summary,
                    Breaker.PAUSE_NANOS / 1_000_000);
            context.events().publish(new SecondaryUnavailable(context.migration(), secondary, summary));
        }
    }

    /** The primary could not be read; that says nothing about the secondary. */
    private static final class PrimaryFailed extends Exception {
        private final transient Throwable failure;

        PrimaryFailed(Throwable failure) {
            super(null, null, false, false);
            this.failure = failure;
        }

        Throwable failure() {
            return failure;
        }
    }

    /** A refresh that Crossfade itself refuses, with a reason that carries no value. */
    private static final class RefusedRefresh extends Exception {
        private final String reason;

        RefusedRefresh(String reason) {
            super(reason, null, false, false);
            this.reason = reason;
        }

        String reason() {
            return reason;
        }
    }
}
