package dev.crossfade.internal.move;

import dev.crossfade.MigrationException;
import dev.crossfade.Operator;
import dev.crossfade.control.Stage;
import dev.crossfade.control.Wish;
import dev.crossfade.internal.view.Context;
import dev.crossfade.spi.DiscrepancySink.Summary;
import dev.crossfade.spi.FenceView;
import dev.crossfade.spi.LedgerStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** What must hold before a stage may change. Asks everything, so that one answer names all that is missing. */
public final class Gates {
    /** With more dirty keys than this a handover does not begin: draining them would keep writers waiting too long. */
    static final int MAX_BACKLOG = 1_000;

    private final Context context;
    private final List<String> irreversibleMappings;
    private final BooleanSupplier secondaryReachable;
    private final Supplier<List<String>> openDifferences;
    private final Supplier<List<String>> unreconciled;

    /**
     * @param irreversibleMappings entities whose keys cannot be mapped back to legacy
     * @param openDifferences      entities with confirmed mismatches that nobody has repaired
     * @param unreconciled         what the reconciliations say against a primary that moves to the new store
     */
    public Gates(
            Context context,
            List<String> irreversibleMappings,
            BooleanSupplier secondaryReachable,
            Supplier<List<String>> openDifferences,
            Supplier<List<String>> unreconciled) {
        this.context = context;
        this.irreversibleMappings = irreversibleMappings;
        this.secondaryReachable = secondaryReachable;
        this.openDifferences = openDifferences;
        this.unreconciled = unreconciled;
    }

    /** All reasons against the move; empty if it may begin. */
    List<String> unmet(FenceView now, Stage to, Operator operator) {
        List<String> reasons = new ArrayList<>();
        if (now.phase() == FenceView.Phase.UNKNOWN) {
            reasons.add("the stage is not known yet; start the migration with a control that answers, or build with "
                    + "startingAt(stage)");
            return reasons;
        }
        if (now.phase() == FenceView.Phase.DRAINING) {
            reasons.add("another move is under way at epoch " + now.epoch() + "; wait for its end");
        }
        if (!now.stage().mayMoveTo(to)) {
            reasons.add(
                    now.stage() == Stage.NEW_ONLY
                            ? "NEW_ONLY is final"
                            : now.stage() == to
                                    ? "it is in " + to + " already"
                                    : now.stage() + " is no neighbour of " + to + "; move one stage at a time");
            return reasons;
        }
        if (to.compareTo(now.stage()) > 0) {
            addPermission(to, reasons);
        }
        if (to == Stage.NEW_PRIMARY) {
            irreversibleMappings.forEach(entity -> reasons.add(entity
                    + " has a key mapping that cannot be inverted, so keys born on the new side would find no way "
                    + "back; use a mapping table"));
        }
        if (now.stage().isDualWrite() && to.isDualWrite()) {
            addCoverage(to, reasons);
        }
        if (to == Stage.NEW_ONLY && !operator.approvesPointOfNoReturn()) {
            reasons.add("NEW_ONLY has no way back; ask with an operator that approves the point of no return, "
                    + "operator.approvingPointOfNoReturn()");
        }
        if (now.stage().isDualWrite() && to != Stage.LEGACY_ONLY) {
            addLedger(reasons);
            reasons.addAll(discrepancies());
        }
        // Never on the way back.
        if (now.stage().isDualWrite() && to.compareTo(now.stage()) > 0) {
            reasons.addAll(unreconciled.get());
        }
        reasons.addAll(context.fence().objections(now, to, operator));
        return reasons;
    }

    private void addPermission(Stage to, List<String> reasons) {
        Wish wish = context.views().base().settings.wish().orElse(null);
        if (wish != null && wish.revision() == null && wish.stage().compareTo(to) < 0) {
            reasons.add("the flag permits no stage beyond " + wish.stage() + "; raise its stage first");
        }
    }

    private void addCoverage(Stage to, List<String> reasons) {
        context.coverage().forEach((entity, coverage) -> {
            if (!coverage.isTracked()) {
                reasons.add("writes of " + entity + " were not tracked; copy the keys of both stores again");
            } else if (to == Stage.NEW_PRIMARY && !coverage.isCopied()) {
                reasons.add("the old rows of " + entity + " have not crossed; run its backfill to its end or, "
                        + "if it has none, copy all its keys with migration.copy(..)");
            }
        });
        openDifferences
                .get()
                .forEach(entity -> reasons.add("shadow reads of " + entity
                        + " confirmed mismatches lately; find the cause and repair the keys"));
    }

    /** Differences that any instance has found and nobody has repaired; empty if there is none. */
    List<String> discrepancies() {
        List<String> reasons = new ArrayList<>();
        try {
            Summary found = context.discrepancies().summary();
            if (found.open() > 0) {
                reasons.add(found.open() + " discrepancies are open; repair, recheck or accept those of "
                        + "migration.discrepancies()");
            }
            if (found.unrecorded() > 0) {
                reasons.add(found.unrecorded() + " more were found than there was room for; compare both stores, then "
                        + "forget the count");
            }
        } catch (MigrationException failure) {
            reasons.add("the discrepancies cannot be counted; wait until both databases answer");
        }
        return reasons;
    }

    private void addLedger(List<String> reasons) {
        LedgerStatus ledger = context.ledger().status();
        if (ledger.parked() > 0) {
            reasons.add(ledger.parked() + " keys are parked; mend and retry them, or discard them");
        }
        if (ledger.dirty() - ledger.parked() > MAX_BACKLOG) {
            reasons.add(ledger.dirty() + " keys are dirty, more than " + MAX_BACKLOG + "; wait until the relay has "
                    + "caught up");
        }
        if (!secondaryReachable.getAsBoolean()) {
            reasons.add("the secondary does not answer; wait until it does");
        }
    }
}
