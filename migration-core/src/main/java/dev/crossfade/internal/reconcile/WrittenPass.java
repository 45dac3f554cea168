package dev.crossfade.internal.reconcile;

import dev.crossfade.internal.pages.Overrun;
import dev.crossfade.reconcile.Counts;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.Ledger;
import dev.crossfade.spi.Ledger.Changed;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks at the keys that the ledger saw change since, in the ledger's order. */
final class WrittenPass implements Pass {
    private static final int PAGE = 500;

    /** So many keys of the ledger are looked through at a time: most of them have not changed. */
    private static final int LOOKED_THROUGH = 5_000;

    private final Ledger ledger;
    private final String entity;
    private final Instant since;
    private final Confirmation confirmation;
    private final List<Duration> pauses;

    /** Where the next keys are looked for; {@code null} for the first. */
    private @Nullable EntityKey from;

    /** Keys that have changed and are not compared yet. */
    private List<EntityKey> found = List.of();

    private @Nullable EntityKey position;

    WrittenPass(
            Ledger ledger,
            String entity,
            Instant since,
            Confirmation confirmation,
            List<Duration> pauses,
            @Nullable EntityKey position) {
        this.ledger = ledger;
        this.entity = entity;
        this.since = since;
        this.confirmation = confirmation;
        this.pauses = pauses;
        this.from = position;
        this.position = position;
    }

    @Override
    public Compared next() throws Throwable {
        if (found.isEmpty()) {
            Changed looked = ledger.changed(entity, since, from, LOOKED_THROUGH)
                    .orElseThrow(() -> new Overrun("the ledger has forgotten keys that were written since " + since
                            + "; compare in full, or what was written in a shorter time"));
            found = looked.keys();
            from = looked.end();
        }
        List<EntityKey> page = found.subList(0, Math.min(PAGE, found.size()));
        Confirmation.Outcome outcome = confirmation.confirm(page, pauses);
        found = found.subList(page.size(), found.size());
        if (found.isEmpty() && from != null) {
            position = from;
        } else if (!page.isEmpty()) {
            position = page.get(page.size() - 1);
        }
        Counts counts = outcome.counts().plus(new Counts(page.size(), 0, 0, 0, 0, 0, 0));
        return new Compared(position, counts, outcome.lagging(), found.isEmpty() && from == null, page.size());
    }
}
