package dev.crossfade.internal.write;

import dev.crossfade.Side;
import dev.crossfade.internal.state.EntityState;
import dev.crossfade.internal.view.Context;
import dev.crossfade.internal.view.Presence;
import dev.crossfade.spi.Change;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.Ledger.Pending;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes states of the primary to the secondary, in one transaction: first what is gone, then what is there. */
final class SecondaryWriter {
    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");

    private final Context context;
    private final SecondaryHealth health;
    private final DeleteCap deleteCap;
    private final LongAdder applied;

    /** How the states of the primary come to the secondary. */
    enum Way {
        OVERWRITE,
        /** Deletes the rows before it writes them: what they hold that must be unique is free for each other then. */
        REPLACE
    }

    SecondaryWriter(Context context, SecondaryHealth health, int deletesByMarksPerMinute) {
        this.context = context;
        this.health = health;
        this.deleteCap = new DeleteCap(context.platform(), deletesByMarksPerMinute);
        this.applied = context.counters().counter("crossfade.refresh", "outcome", "applied");
    }

    /** A write of the secondary that has not begun. */
    Attempt attempt(EntityState state, Side secondary, Way way) {
        return new Attempt(state, secondary, way);
    }

    /** One write of the secondary, which stands or does not stand in the end. For one thread. */
    final class Attempt {
        private final EntityState state;
        private final Side secondary;
        private final Way way;
        private int written;
        private int deletedByMarks;

        private Attempt(EntityState state, Side secondary, Way way) {
            this.state = state;
            this.secondary = secondary;
            this.way = way;
        }

        /**
         * Writes the keys, perhaps within a transaction that the ledger has open on the secondary.
         *
         * @param pending what the ledger said of them, and perhaps of others
         * @param states  what the primary has of them; a key without a state is gone there
         * @throws RefusedRefresh if deletes would go too far, or if the repository wrote past the transaction; nothing was
         *     written in it
         */
        void write(Set<EntityKey> keys, Map<EntityKey, Pending> pending, Map<EntityKey, Object> states)
                throws Throwable {
            List<Object> present = new ArrayList<>();
            List<EntityKey> replaced = new ArrayList<>();
            List<EntityKey> absent = new ArrayList<>();
            for (EntityKey key : keys) {
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
                    requireRoomForDeletes(absent, pending);
                    here("delete", () -> state.deleteAll(secondary, absent));
                }
                if (way == Way.REPLACE && !replaced.isEmpty()) {
                    requireDeletesOfNothingElse();
                    here("delete", () -> state.deleteAll(secondary, replaced));
                }
                if (!present.isEmpty()) {
                    here("overwrite", () -> state.overwriteAll(secondary, present));
                }
                return true;
            });
            written += keys.size();
        }

        private void here(String operation, Runnable work) throws RefusedRefresh {
            Presence presence = Presence.on(context.store(secondary));
            work.run();
            if (presence.ranNothing()) {
                throw new RefusedRefresh(presence.complaint(operation + " of " + state.entity()));
            }
        }

        /** It has committed: what was written counts. */
        void stands() {
            if (written > 0) {
                applied.add(written);
                health.wrote();
            }
        }

        /** It was rolled back, or nobody knows: the rows may be there still. */
        void failed() {
            deleteCap.giveBack(deletedByMarks);
        }

        private void requireDeletesOfNothingElse() throws Throwable {
            if (context.store(secondary).deletesReachFurther()) {
                throw new RefusedRefresh("a unique value is taken, and deletes would reach other tables");
            }
        }

        private void requireRoomForDeletes(List<EntityKey> absent, Map<EntityKey, Pending> pending)
                throws RefusedRefresh {
            List<EntityKey> marked = absent.stream()
                    .filter(key -> isOnlyMarked(pending.get(key)))
                    .toList();
            for (EntityKey existing : state.findAll(secondary, marked).keySet()) {
                if (!deleteCap.tryTake()) {
                    throw noRoom(existing);
                }
                deletedByMarks++;
            }
        }

        private RefusedRefresh noRoom(EntityKey first) {
            String reason = "too many deletes by marks, first refused for " + first.entity();
            if (deleteCap.perMinute() == 0) {
                // Waiting would not help.
                return new RefusedRefresh(reason);
            }
            if (deleteCap.isFirstRefusal()) {
                log.warn(
                        "{} - {}: {} rows of the secondary were deleted within a minute because marked keys are absent on "
                                + "the primary. Further ones wait for the next minute, their keys stay dirty; see that "
                                + "those rows are really gone",
                        context.migration(),
                        reason,
                        deleteCap.perMinute());
            }
            return RefusedRefresh.forNow(reason);
        }
    }

    private static boolean isOnlyMarked(@Nullable Pending pending) {
        return pending == null || pending.change() == Change.MARKED;
    }
}
