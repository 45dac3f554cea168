package dev.crossfade.internal.reconcile;

import dev.crossfade.Side;
import dev.crossfade.reconcile.Counts;
import dev.crossfade.spi.BackfillSource;
import dev.crossfade.spi.EntityKey;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Looks at keys that were taken by chance, from both sides: what only the one has would never be taken from the other. */
final class SamplePass implements Pass {
    private static final int PAGE = 500;

    private final BackfillSource source;
    private final Confirmation confirmation;
    private final RandomGenerator random;
    private final List<Duration> pauses;
    private final int size;
    private @Nullable List<EntityKey> keys;
    private int done;

    SamplePass(
            BackfillSource source, Confirmation confirmation, RandomGenerator random, List<Duration> pauses, int size) {
        this.source = source;
        this.confirmation = confirmation;
        this.random = random;
        this.pauses = pauses;
        this.size = size;
    }

    @Override
    public Compared next() throws Throwable {
        List<EntityKey> all = keys;
        if (all == null) {
            Set<EntityKey> taken = new LinkedHashSet<>(source.sample(Side.LEGACY, (size + 1) / 2, random));
            if (size > 1) {
                taken.addAll(source.sample(Side.NEW, size / 2, random));
            }
            all = List.copyOf(taken);
            keys = all;
        }
        List<EntityKey> page = all.subList(done, Math.min(done + PAGE, all.size()));
        Confirmation.Outcome outcome = confirmation.confirm(page, pauses);
        done += page.size();
        Counts counts = outcome.counts().plus(new Counts(page.size(), 0, 0, 0, 0, 0, 0));
        return new Compared(null, counts, outcome.lagging(), done == all.size(), page.size());
    }
}
