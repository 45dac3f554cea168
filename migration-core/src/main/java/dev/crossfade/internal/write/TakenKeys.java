package dev.crossfade.internal.write;

import dev.crossfade.event.MigrationEvent.KeyParked;
import dev.crossfade.internal.state.EntityState;
import dev.crossfade.internal.view.Breaker;
import dev.crossfade.internal.view.Context;
import dev.crossfade.internal.view.FailureKind;
import dev.crossfade.internal.write.SecondaryWriter.Way;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.FailureSummary;
import dev.crossfade.spi.Ledger.Pending;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refreshes keys that were taken from the ledger, and returns every one of them to it: done, to be tried again, or parked.
 *
 * <p>Keys go together where the entity has bulk forms. A batch that one of them spoils is halved until that one is alone.
 */
public final class TakenKeys {
    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");

    /** So many keys are written together at most where they are in each other's way. */
    private static final int RIVALS = 1_000;

    private final Context context;
    private final SecondaryHealth health;
    private final Refresher refresher;
    private final LongAdder failed;
    private final LongAdder parked;

    /** @param breaker opens when the secondary does not answer */
    public TakenKeys(Context context, Breaker breaker, int deletesByMarksPerMinute) {
        this.context = context;
        this.health = new SecondaryHealth(context, breaker);
        this.refresher = new Refresher(context, new SecondaryWriter(context, health, deletesByMarksPerMinute));
        this.failed = context.counters().counter("crossfade.refresh", "outcome", "failed");
        this.parked = context.counters().counter("crossfade.refresh", "outcome", "parked");
    }

    /** Refreshes and returns them. Never throws. */
    void refresh(List<EntityKey> taken) {
        Map<String, List<EntityKey>> byEntity = new LinkedHashMap<>();
        taken.forEach(key -> byEntity.computeIfAbsent(key.entity(), entity -> new ArrayList<>())
                .add(key));
        byEntity.forEach((entity, keys) -> {
            EntityState state = context.entity(entity);
            if (state.hasBulkForms()) {
                refreshTogether(state, keys);
            } else {
                refreshOneByOne(state, keys);
            }
        });
    }

    private void refreshTogether(EntityState state, List<EntityKey> keys) {
        if (keys.size() == 1 || health.isDown()) {
            refreshOneByOne(state, keys);
            return;
        }
        try {
            Set<EntityKey> heldUp = refresher.refresh(state, keys, Way.OVERWRITE, new HashMap<>());
            keys.forEach(key -> giveBack(key, heldUp));
        } catch (Throwable failure) {
            if (FailureKind.of(PrimaryFailed.causeOf(failure)) == FailureKind.UNREACHABLE) {
                refreshOneByOne(state, keys);
            } else {
                refreshTogether(state, keys.subList(0, keys.size() / 2));
                refreshTogether(state, keys.subList(keys.size() / 2, keys.size()));
            }
        }
    }

    /** The first tells whether the secondary answers; if it does not, the others are not made to find out too. */
    private void refreshOneByOne(EntityState state, List<EntityKey> keys) {
        refreshOne(state, keys.get(0));
        for (EntityKey key : keys.subList(1, keys.size())) {
            if (health.isDown()) {
                context.ledger().failed(key, null, "the secondary does not answer", false);
            } else {
                refreshOne(state, key);
            }
        }
    }

    private void refreshOne(EntityState state, EntityKey key) {
        long writesBefore = health.writes();
        Map<EntityKey, Pending> tried = new HashMap<>();
        try {
            giveBack(key, refresher.refresh(state, List.of(key), Way.OVERWRITE, tried));
        } catch (Throwable failure) {
            if (!FailureKind.isDuplicate(failure) || !refreshWithRivals(state, key)) {
                giveUpForNow(key, tried.get(key), failure, writesBefore);
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
            giveBack(key, refresher.refresh(state, together, Way.REPLACE, new HashMap<>()));
            return true;
        } catch (Throwable stillRefused) {
            return false;
        }
    }

    private void giveBack(EntityKey key, Set<EntityKey> heldUp) {
        if (heldUp.contains(key)) {
            // Not at once: trying again and again would only read the primary in a circle.
            context.ledger().failed(key, null, "held up by a write, another refresh or a move", false);
        } else {
            context.ledger().giveBack(key);
        }
    }

    private static boolean isForNow(Throwable failure) {
        return failure instanceof RefusedRefresh refused && !refused.isOfKey();
    }

    private void giveUpForNow(EntityKey key, @Nullable Pending tried, Throwable thrown, long writesBefore) {
        boolean ofPrimary = thrown instanceof PrimaryFailed;
        Throwable failure = PrimaryFailed.causeOf(thrown);
        FailureKind kind = FailureKind.of(failure);
        FailureSummary summary = FailureSummary.of(failure);
        String reason = failure instanceof RefusedRefresh refused ? refused.reason() : summary.toString();
        if (kind == FailureKind.UNREACHABLE && !ofPrimary) {
            health.unreachable(summary);
        } else if (!ofPrimary && !(failure instanceof RefusedRefresh)) {
            health.answered();
        }
        // A store that answered others meanwhile is not down: then this key is the trouble.
        boolean counted = (kind == FailureKind.REFUSED && !isForNow(failure))
                || (kind == FailureKind.UNREACHABLE && !ofPrimary && health.writes() != writesBefore);
        failed.increment();
        if (context.ledger().failed(key, tried, reason, counted)) {
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
}
