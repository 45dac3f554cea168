package dev.crossfade;

import dev.crossfade.internal.findings.KeyCheck;
import dev.crossfade.internal.findings.KeyCheck.Checked;
import dev.crossfade.internal.view.Context;
import dev.crossfade.spi.Discrepancy;
import dev.crossfade.spi.Discrepancy.Finding;
import dev.crossfade.spi.Discrepancy.Kind;
import dev.crossfade.spi.Discrepancy.State;
import dev.crossfade.spi.DiscrepancySink.Summary;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.FailureSummary;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys on which the stores differ although nothing is on its way between them, whoever has found them. While one is open,
 * no instance moves the primary. A refresh of a later version of the key resolves it by itself; all else is decided here.
 *
 * <p>Safe for use by many threads. Call it outside transactions: both sides are read and the records are written apart
 * from them. Every method throws a {@link MigrationException} if a database does not answer.
 */
public final class Discrepancies {
    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");

    private static final int BATCH = 100;

    private final Context context;
    private final KeyCheck check;
    private final Runnable requireStarted;

    Discrepancies(Context context, KeyCheck check, Runnable requireStarted) {
        this.context = context;
        this.check = check;
        this.requireStarted = requireStarted;
    }

    /** How many are open, how many were accepted, and how many findings there was no room for. */
    public Summary summary() {
        requireStarted.run();
        return context.discrepancies().summary();
    }

    /** The open ones, oldest first, at most {@code max}. */
    public List<Discrepancy> open(int max) {
        return list(State.OPEN, max);
    }

    /** Those in this state, oldest first, at most {@code max}. */
    public List<Discrepancy> list(State state, int max) {
        requireStarted.run();
        return context.discrepancies().list(state, max);
    }

    /**
     * What became of keys that were looked at again.
     *
     * @param resolved  differ no more; their records are closed
     * @param marked    differ still, and are refreshed from the primary now
     * @param left      differ still, and were left as they are
     * @param undecided were written meanwhile or wait to be refreshed, or the primary has moved; look again later
     */
    public record Outcome(int resolved, int marked, int left, int undecided) {}

    /** Reads the keys on both sides again and closes the records of those that are equal. */
    public Outcome recheck(Collection<Discrepancy> discrepancies, Operator operator) {
        return act(discrepancies, operator, "recheck", Policy.LOOK_ONLY);
    }

    /**
     * Makes the secondary equal to the primary on those keys that still differ: reads them on both sides again and marks
     * them dirty, in the epoch in which they were read; the relay does the rest. Audited. Never deletes a row: a key that
     * the primary does not have is left as it is.
     *
     * @throws PhaseMovedException if the primary moves meanwhile; some of the keys may be marked
     */
    public Outcome repair(Collection<Discrepancy> discrepancies, Operator operator) {
        return act(discrepancies, operator, "repair", Policy.KEEP_ROWS);
    }

    /**
     * {@link #repair} that also deletes rows of the secondary whose key the primary does not have, within {@link
     * RelayOptions#deletesByMarksPerMinute}.
     *
     * @throws PhaseMovedException if the primary moves meanwhile; some of the keys may be marked
     */
    public Outcome repairByDeleting(Collection<Discrepancy> discrepancies, Operator operator) {
        return act(discrepancies, operator, "repair by deleting", Policy.DELETE_ROWS);
    }

    /**
     * Leaves differences as they are, for the operator's reason. Audited. A record that was found anew since it was listed
     * stays open, and a later version of the key that differs opens it again.
     *
     * @return how many were accepted
     */
    public int accept(Collection<Discrepancy> discrepancies, Operator operator) {
        requireStarted.run();
        int accepted = context.discrepancies().close(discrepancies, State.ACCEPTED, operator);
        log.warn(
                "{} - {} discrepancies were accepted by {} ({}): the stores differ in them",
                context.migration(),
                accepted,
                operator.name(),
                operator.reason());
        return accepted;
    }

    /** Forgets findings for which there was no room, as after a full comparison of both stores. Audited. */
    public void forgetUnrecorded(Operator operator) {
        requireStarted.run();
        context.discrepancies().forgetUnrecorded(operator);
    }

    private enum Policy {
        LOOK_ONLY,
        KEEP_ROWS,
        DELETE_ROWS
    }

    private Outcome act(Collection<Discrepancy> discrepancies, Operator operator, String what, Policy policy) {
        requireStarted.run();
        requireNoTransaction(what);
        Map<String, Map<EntityKey, Discrepancy>> byEntity = new LinkedHashMap<>();
        discrepancies.forEach(one -> byEntity.computeIfAbsent(one.key().entity(), entity -> new LinkedHashMap<>())
                .put(one.key(), one));
        Outcome total = new Outcome(0, 0, 0, 0);
        for (Map.Entry<String, Map<EntityKey, Discrepancy>> group : byEntity.entrySet()) {
            List<EntityKey> keys = List.copyOf(group.getValue().keySet());
            for (int from = 0; from < keys.size(); from += BATCH) {
                List<EntityKey> some = keys.subList(from, Math.min(from + BATCH, keys.size()));
                total = sum(total, actOn(group.getKey(), some, group.getValue(), operator, what, policy));
            }
        }
        log.info(
                "{} - {} asked for by {}: {} keys are equal, {} are refreshed, {} were left, {} are undecided",
                context.migration(),
                what,
                operator.name(),
                total.resolved(),
                total.marked(),
                total.left(),
                total.undecided());
        return total;
    }

    private void requireNoTransaction(String what) {
        for (Side side : Side.values()) {
            if (context.store(side).hasTransactionHere()) {
                throw new MigrationException(
                        context.migration(),
                        what
                                + " was called in a transaction, which would be read in place of what is committed. Nothing "
                                + "was changed. Call it outside.");
            }
        }
    }

    private static Outcome sum(Outcome a, Outcome b) {
        return new Outcome(
                a.resolved() + b.resolved(),
                a.marked() + b.marked(),
                a.left() + b.left(),
                a.undecided() + b.undecided());
    }

    private Outcome actOn(
            String entity,
            List<EntityKey> keys,
            Map<EntityKey, Discrepancy> records,
            Operator operator,
            String what,
            Policy policy) {
        Checked checked = check(entity, keys, what);
        List<Discrepancy> equal = new ArrayList<>();
        checked.equal().forEach(key -> equal.add(records.get(key)));
        int resolved = equal.isEmpty() ? 0 : context.discrepancies().close(equal, State.RESOLVED, operator);
        Set<EntityKey> wanted = new HashSet<>();
        checked.different().stream()
                .filter(finding -> policy == Policy.DELETE_ROWS
                        || (policy == Policy.KEEP_ROWS && !isMissingOnPrimary(finding, checked.primary())))
                .forEach(finding -> wanted.add(finding.key()));
        int marked = wanted.isEmpty() ? 0 : mark(checked.epoch(), List.copyOf(wanted), operator, what);
        return new Outcome(
                resolved,
                marked,
                checked.different().size() - marked,
                checked.undecided().size());
    }

    private Checked check(String entity, List<EntityKey> keys, String what) {
        try {
            return check.check(entity, keys, what);
        } catch (MigrationException failure) {
            throw failure;
        } catch (Throwable failure) {
            throw new MigrationException(
                    context.migration(),
                    "keys of " + entity + " could not be read on both sides (" + FailureSummary.of(failure)
                            + "). They were left as they are. Try again when both stores answer.",
                    failure);
        }
    }

    private static boolean isMissingOnPrimary(Finding finding, Side primary) {
        return finding.kind() == (primary == Side.LEGACY ? Kind.MISSING_IN_LEGACY : Kind.MISSING_IN_NEW);
    }

    /** Audited first: a repair that nobody knows of must not be. */
    private int mark(long epoch, List<EntityKey> keys, Operator operator, String what) {
        context.discrepancies().audit(operator, what, keys.size() + " keys are to be refreshed");
        int done = 0;
        int now = -1;
        while (done < keys.size() && now != 0) {
            now = context.ledger().mark(epoch, keys.subList(done, keys.size()));
            done += now;
        }
        return done;
    }
}
