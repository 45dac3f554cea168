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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
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
    private final Function<String, OptionalLong> rowsOf;
    private final Runnable requireStarted;

    /** @param rowsOf about how many rows an entity has, by its name; empty if nobody knows */
    Discrepancies(Context context, KeyCheck check, Function<String, OptionalLong> rowsOf, Runnable requireStarted) {
        this.context = context;
        this.check = check;
        this.rowsOf = rowsOf;
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
     * @param marked    differ still, and are refreshed from the primary now, or would be in a dry run
     * @param left      differ still, and were left as they are: the primary does not have them and nothing may be deleted, or
     *                  they were found in another epoch and are recorded anew in this one
     * @param undecided were written meanwhile or wait to be refreshed, cannot be compared, or the primary has moved; look
     *                  again later
     * @param stopped   why nothing was marked although keys differ; {@code null} if nothing stood in the way
     */
    public record Outcome(
            int resolved,
            int marked,
            int left,
            int undecided,
            @Nullable String stopped) {}

    /** Reads the keys on both sides again and closes the records of those that are equal. */
    public Outcome recheck(Collection<Discrepancy> discrepancies, Operator operator) {
        return act(discrepancies, operator, "recheck", null);
    }

    /** {@link #repair(Collection, RepairOptions, Operator)} with {@link RepairOptions#DEFAULT}. */
    public Outcome repair(Collection<Discrepancy> discrepancies, Operator operator) {
        return repair(discrepancies, RepairOptions.DEFAULT, operator);
    }

    /**
     * Makes the secondary equal to the primary on those keys that still differ: reads them on both sides again and marks
     * them dirty, in the epoch in which they were found and read; the relay does the rest. Audited. A difference that was found
     * in another epoch, when perhaps the other side was right, is recorded anew and not repaired. Deletes no row unless the
     * options allow it, and then within {@link RelayOptions#deletesByMarksPerMinute}.
     *
     * @throws PhaseMovedException if the primary moves meanwhile; some of the keys may be marked
     */
    public Outcome repair(Collection<Discrepancy> discrepancies, RepairOptions options, Operator operator) {
        return act(discrepancies, operator, options.dryRun() ? "dry run of a repair" : "repair", options);
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

    /** What was found out about keys and what is to be done, before anything is. */
    private static final class Plan {
        private final List<Discrepancy> equal = new ArrayList<>();
        private final List<Finding> anew = new ArrayList<>();
        private final Map<Long, List<EntityKey>> wanted = new LinkedHashMap<>();
        private int marks;
        private int deletes;
        private int left;
        private int undecided;
        private @Nullable String stopped;

        void want(Finding finding, boolean deletes) {
            wanted.computeIfAbsent(finding.epoch(), epoch -> new ArrayList<>()).add(finding.key());
            marks++;
            this.deletes += deletes ? 1 : 0;
        }
    }

    private Outcome act(
            Collection<Discrepancy> discrepancies, Operator operator, String what, @Nullable RepairOptions options) {
        requireStarted.run();
        requireNoTransaction(what);
        Plan plan = new Plan();
        Map<String, Map<EntityKey, Discrepancy>> byEntity = new LinkedHashMap<>();
        discrepancies.forEach(one -> byEntity.computeIfAbsent(one.key().entity(), entity -> new LinkedHashMap<>())
                .put(one.key(), one));
        byEntity.forEach((entity, records) -> {
            int before = plan.marks;
            List<EntityKey> keys = List.copyOf(records.keySet());
            for (int from = 0; from < keys.size(); from += BATCH) {
                add(plan, entity, keys.subList(from, Math.min(from + BATCH, keys.size())), records, what, options);
            }
            if (options != null && plan.stopped == null) {
                plan.stopped = tooMany(entity, plan.marks - before, options);
            }
        });
        if (options != null && plan.deletes > options.maxDeletes()) {
            plan.stopped = plan.deletes + " rows would be deleted, more than " + options.maxDeletes()
                    + "; look at them and raise maxDeletes";
        }
        Outcome outcome = carryOut(plan, operator, what, options);
        log.info(
                "{} - {} asked for by {}: {} keys are equal, {} {}, {} were left, {} are undecided{}",
                context.migration(),
                what,
                operator.name(),
                outcome.resolved(),
                outcome.marked(),
                options != null && options.dryRun() ? "would be refreshed" : "are refreshed",
                outcome.left(),
                outcome.undecided(),
                outcome.stopped() == null ? "" : "; stopped: " + outcome.stopped());
        return outcome;
    }

    private void add(
            Plan plan,
            String entity,
            List<EntityKey> keys,
            Map<EntityKey, Discrepancy> records,
            String what,
            @Nullable RepairOptions options) {
        Checked checked = check(entity, keys, what);
        checked.equal().forEach(key -> plan.equal.add(Objects.requireNonNull(records.get(key))));
        plan.undecided += checked.undecided().size();
        for (Finding finding : checked.different()) {
            boolean deletes = isMissingOnPrimary(finding, checked.primary());
            Finding before = Objects.requireNonNull(records.get(finding.key())).finding();
            if (before.epoch() != finding.epoch()) {
                plan.anew.add(finding);
            } else if (options != null && (!deletes || options.maxDeletes() > 0)) {
                plan.want(finding, deletes);
            } else {
                plan.left++;
            }
        }
    }

    private @Nullable String tooMany(String entity, int keys, RepairOptions options) {
        if (keys <= RepairOptions.ALWAYS || options.maxShare() == 1) {
            return null;
        }
        OptionalLong rows = rowsOf.apply(entity);
        if (rows.isEmpty()) {
            return keys + " keys of " + entity
                    + " would be refreshed, and nobody knows what share of its rows that is; "
                    + "look at them and repair with a maxShare of 1";
        }
        return keys > options.maxShare() * rows.getAsLong()
                ? keys + " keys of " + entity + " would be refreshed, more than the share of " + options.maxShare()
                        + " of about " + rows.getAsLong() + " rows; look at them and raise maxShare"
                : null;
    }

    private Outcome carryOut(Plan plan, Operator operator, String what, @Nullable RepairOptions options) {
        int left = plan.left + plan.anew.size();
        if (options != null && options.dryRun()) {
            return new Outcome(plan.equal.size(), plan.marks, left, plan.undecided, plan.stopped);
        }
        int resolved = plan.equal.isEmpty() ? 0 : context.discrepancies().close(plan.equal, State.RESOLVED, operator);
        if (!plan.anew.isEmpty()) {
            context.discrepancies().record(plan.anew, 0);
        }
        if (plan.stopped != null) {
            context.discrepancies().audit(operator, what, "stopped: " + plan.stopped);
            return new Outcome(resolved, 0, left + plan.marks, plan.undecided, plan.stopped);
        }
        int marked = 0;
        for (Map.Entry<Long, List<EntityKey>> epoch : plan.wanted.entrySet()) {
            marked += mark(epoch.getKey(), epoch.getValue(), operator, what);
        }
        return new Outcome(resolved, marked, left + plan.marks - marked, plan.undecided, null);
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
