package dev.crossfade.internal.pages;

import dev.crossfade.PhaseMovedException;
import dev.crossfade.internal.view.Context;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.Fence.Hold;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Marks keys in the one epoch in which they were found, and waits where the ledger has no room. For one thread. */
public final class Marks {
    private static final Duration ROOM = Duration.ofMillis(200);

    private final Context context;
    private final long epoch;
    private final BooleanSupplier stopped;
    private final Runnable waiting;
    private final String consequence;
    private long marked;

    /**
     * @param waiting     done again and again while the ledger has no room
     * @param consequence what it means if the marks cannot go on, for messages
     */
    public Marks(Context context, long epoch, BooleanSupplier stopped, Runnable waiting, String consequence) {
        this.context = context;
        this.epoch = epoch;
        this.stopped = stopped;
        this.waiting = waiting;
        this.consequence = consequence;
    }

    /**
     * Marks all of these keys.
     *
     * @throws PhaseMovedException  if the fence has left the epoch or it was stopped; some of the keys may be marked
     * @throws InterruptedException if the thread is interrupted while it waits; likewise
     */
    public void mark(List<EntityKey> keys) throws InterruptedException {
        int done = 0;
        while (done < keys.size()) {
            if (stopped.getAsBoolean()) {
                throw moved("it was stopped");
            }
            int accepted = markUnderFence(keys.subList(done, keys.size()));
            done += accepted;
            marked += accepted;
            if (accepted == 0) {
                int full = context.ledger().dirtyCount();
                context.ledger().progress().await(() -> context.ledger().dirtyCount() < full, ROOM);
                waiting.run();
            }
        }
    }

    private int markUnderFence(List<EntityKey> keys) {
        Hold hold = context.fence().enterSecondary(epoch).orElseThrow(() -> moved("the fence has left epoch " + epoch));
        try {
            return context.ledger().mark(epoch, keys);
        } finally {
            hold.release();
        }
    }

    private PhaseMovedException moved(String what) {
        return new PhaseMovedException(context.migration(), what + ". " + consequence);
    }

    /** How many keys were marked in all. */
    public long marked() {
        return marked;
    }
}
