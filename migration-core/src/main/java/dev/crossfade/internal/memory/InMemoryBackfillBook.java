package dev.crossfade.internal.memory;

import dev.crossfade.Operator;
import dev.crossfade.control.Stage;
import dev.crossfade.run.RunState;
import dev.crossfade.spi.BackfillBook;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.Fence;
import dev.crossfade.spi.Fence.Hold;
import dev.crossfade.spi.FenceView;
import dev.crossfade.spi.KeyRange;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The book of one process: its threads share the ranges, and none of them dies without the others. */
final class InMemoryBackfillBook implements BackfillBook {
    private final Fence fence;

    private static final class Open {
        KeyRange range;
        long token;
        boolean taken;

        Open(KeyRange range) {
            this.range = range;
        }
    }

    /** All fields below are guarded by {@code this}. */
    private final Map<String, Open> open = new LinkedHashMap<>();

    private final Set<EntityKey> refused = new HashSet<>();
    private RunState state = RunState.NOT_STARTED;
    private long generation = -1;
    private long rows;
    private long inserted;
    private long marked;
    private long lastId;
    private @Nullable String reason;

    InMemoryBackfillBook(Fence fence) {
        this.fence = fence;
    }

    @Override
    public synchronized Optional<Run> look() {
        return state == RunState.NOT_STARTED
                ? Optional.empty()
                : Optional.of(new Run(generation, state, rows, inserted, marked, refused.size(), open.size(), reason));
    }

    @Override
    public synchronized Optional<Boolean> begin(FenceView seen, Operator operator) {
        FenceView now = fence.view();
        if (now.generation() != seen.generation() || now.stage() != Stage.LEGACY_PRIMARY) {
            return Optional.empty();
        }
        boolean joins = generation == seen.generation()
                && (state == RunState.RUNNING || state == RunState.PAUSED || state == RunState.COMPLETED);
        if (joins) {
            return Optional.of(false);
        }
        generation = seen.generation();
        state = RunState.RUNNING;
        reason = null;
        rows = 0;
        inserted = 0;
        marked = 0;
        refused.clear();
        open.clear();
        add(KeyRange.ALL);
        return Optional.of(true);
    }

    private void add(KeyRange range) {
        open.put("r" + ++lastId, new Open(range));
    }

    @Override
    public synchronized boolean turn(
            long ofGeneration, List<RunState> from, RunState to, Operator operator, @Nullable String why) {
        if (ofGeneration != generation || !from.contains(state) || (to == RunState.COMPLETED && !open.isEmpty())) {
            return false;
        }
        state = to;
        reason = why;
        return true;
    }

    @Override
    public synchronized Optional<Claim> claim(long ofGeneration) {
        if (ofGeneration != generation) {
            return Optional.empty();
        }
        for (Map.Entry<String, Open> entry : open.entrySet()) {
            Open candidate = entry.getValue();
            if (!candidate.taken) {
                candidate.taken = true;
                candidate.token++;
                return Optional.of(new Claim(entry.getKey(), candidate.token, generation, candidate.range));
            }
        }
        return Optional.empty();
    }

    /** Guarded by {@code this}. */
    private @Nullable Open held(Claim claim) {
        Open held = open.get(claim.id());
        return held != null && held.taken && held.token == claim.token() && claim.generation() == generation
                ? held
                : null;
    }

    @Override
    public synchronized Optional<Claim> keep(Claim claim, EntityKey end) {
        Open held = held(claim);
        if (held == null) {
            return Optional.empty();
        }
        add(new KeyRange(end, held.range.upTo()));
        held.range = new KeyRange(held.range.after(), end);
        return Optional.of(new Claim(claim.id(), claim.token(), generation, held.range));
    }

    /** The fence holds still meanwhile; the claim cannot be taken over while its thread lives. */
    @Override
    public OptionalInt write(Claim claim, long epoch, Collection<EntityKey> keys, Insert insert) throws Throwable {
        Optional<Hold> hold = fence.enterSecondary(epoch);
        if (hold.isEmpty()) {
            return OptionalInt.empty();
        }
        try {
            synchronized (this) {
                if (hold.get().view().generation() != claim.generation() || held(claim) == null) {
                    return OptionalInt.empty();
                }
            }
            return OptionalInt.of(insert.run(Set.of()));
        } finally {
            hold.get().release();
        }
    }

    @Override
    public synchronized boolean renew(Claim claim) {
        return held(claim) != null;
    }

    @Override
    public synchronized void refuse(Claim claim, EntityKey key, String why) {
        if (claim.generation() == generation) {
            refused.add(key);
        }
    }

    @Override
    public synchronized boolean verified(Claim claim, long rowsRead, long rowsInserted, long keysMarked) {
        if (held(claim) == null) {
            return false;
        }
        open.remove(claim.id());
        rows += rowsRead;
        inserted += rowsInserted;
        marked += keysMarked;
        return true;
    }

    @Override
    public synchronized void release(Claim claim) {
        Open held = held(claim);
        if (held != null) {
            held.taken = false;
        }
    }
}
