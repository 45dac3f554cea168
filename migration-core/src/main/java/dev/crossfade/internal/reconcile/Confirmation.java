package dev.crossfade.internal.reconcile;

import dev.crossfade.PhaseMovedException;
import dev.crossfade.internal.findings.KeyCheck;
import dev.crossfade.internal.findings.KeyCheck.Checked;
import dev.crossfade.internal.pages.Lease;
import dev.crossfade.internal.pages.Wake;
import dev.crossfade.internal.view.Context;
import dev.crossfade.internal.view.FailureKind;
import dev.crossfade.reconcile.Counts;
import dev.crossfade.spi.Discrepancy.Finding;
import dev.crossfade.spi.Discrepancy.Kind;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.FailureSummary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at suspects again, each by its key and at rest, has those recorded that differ, and counts what came of each. A key
 * that is on its way is looked at a few times. For one thread.
 */
final class Confirmation {
    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");

    /** So many keys are looked at first: even one by one on slow stores they take less than the lease of a claim. */
    private static final int FIRST_BATCH = 10;

    private static final int LARGEST_BATCH = 200;
    private static final Duration QUICK = Duration.ofMillis(500);
    private static final Duration SLOW = Duration.ofSeconds(1);

    private final Context context;
    private final KeyCheck check;
    private final String entity;
    private final String foundBy;
    private final Wake wake;
    private final Lease lease;
    private int batch = FIRST_BATCH;
    private boolean toldOfUnreadable;

    /**
     * A confirmation for a claimed run.
     *
     * @param foundBy as it is recorded with each finding
     */
    Confirmation(Context context, KeyCheck check, String entity, String foundBy, Wake wake, Lease lease) {
        this.context = context;
        this.check = check;
        this.entity = entity;
        this.foundBy = foundBy;
        this.wake = wake;
        this.lease = lease;
    }

    /**
     * What came of suspects.
     *
     * @param counts  of all of them; those that are equal count nothing
     * @param lagging those that were on their way each time
     */
    record Outcome(Counts counts, List<EntityKey> lagging) {}

    /**
     * Looks at suspects until each is decided or the looks are over.
     *
     * @param pauses before each further look at those that are on their way
     * @throws PhaseMovedException if the primary moved or the claim has gone meanwhile: nothing is known of the suspects then
     * @throws Throwable           if a store cannot be reached; likewise
     */
    Outcome confirm(Collection<EntityKey> suspects, List<Duration> pauses) throws Throwable {
        Counts counts = Counts.NONE;
        List<EntityKey> pending = List.copyOf(suspects);
        for (int look = 0; !pending.isEmpty() && look <= pauses.size(); look++) {
            if (look > 0) {
                wake.rest(pauses.get(look - 1));
            }
            List<EntityKey> lagging = new ArrayList<>();
            int from = 0;
            while (from < pending.size()) {
                int upTo = Math.min(from + batch, pending.size());
                long began = context.platform().nanoTime();
                counts = counts.plus(look(pending.subList(from, upTo), lagging));
                took(upTo - from, context.platform().nanoTime() - began);
                from = upTo;
            }
            pending = lagging;
        }
        return new Outcome(counts.plus(new Counts(0, 0, 0, 0, 0, pending.size(), 0)), pending);
    }

    /** The claim is kept between batches only: a store that reads key by key gets small ones. */
    private void took(int keys, long nanos) {
        if (nanos > SLOW.toNanos()) {
            batch = Math.max(1, keys / 2);
        } else if (nanos < QUICK.toNanos() && keys == batch) {
            batch = Math.min(LARGEST_BATCH, 2 * batch);
        }
    }

    private Counts look(List<EntityKey> keys, List<EntityKey> lagging) throws Throwable {
        if (wake.isClosed()) {
            throw new PhaseMovedException(
                    context.migration(), "the reconciliation was stopped. Its page does not count.");
        }
        lease.keep();
        Checked checked;
        try {
            checked = check.check(entity, keys, foundBy);
        } catch (Throwable failure) {
            if (FailureKind.of(failure) != FailureKind.REFUSED) {
                throw failure;
            }
            return keys.size() == 1 ? unreadable(failure) : oneByOne(keys, lagging);
        }
        if (checked.moved()) {
            throw new PhaseMovedException(
                    context.migration(), "the primary moved while keys were compared. The page is compared again.");
        }
        lagging.addAll(checked.lagging());
        Set<EntityKey> accepted = checked.different().isEmpty()
                ? Set.of()
                : context.discrepancies().record(checked.different(), 0);
        Counts counts = new Counts(0, 0, 0, 0, 0, 0, checked.unknown().size());
        for (Finding finding : checked.different()) {
            counts = counts.plus(
                    accepted.contains(finding.key()) ? new Counts(0, 0, 0, 0, 1, 0, 0) : one(finding.kind()));
        }
        return counts;
    }

    private static Counts one(Kind kind) {
        return switch (kind) {
            case MISSING_IN_NEW -> new Counts(0, 1, 0, 0, 0, 0, 0);
            case MISSING_IN_LEGACY -> new Counts(0, 0, 1, 0, 0, 0, 0);
            case DIFFERENT -> new Counts(0, 0, 0, 1, 0, 0, 0);
        };
    }

    /** A key that cannot be read must not keep the others from being compared. */
    private Counts oneByOne(List<EntityKey> keys, List<EntityKey> lagging) throws Throwable {
        Counts counts = Counts.NONE;
        for (EntityKey key : keys) {
            counts = counts.plus(look(List.of(key), lagging));
        }
        return counts;
    }

    private Counts unreadable(Throwable failure) {
        if (!toldOfUnreadable) {
            toldOfUnreadable = true;
            log.warn(
                    "{} - reconciliation of {}: a key could not be read or compared ({}); it counts as unknown, the others "
                            + "go on",
                    context.migration(),
                    entity,
                    FailureSummary.of(failure));
        }
        return new Counts(0, 0, 0, 0, 0, 0, 1);
    }
}
