package dev.crossfade.jdbc.internal.fence;

import dev.crossfade.Operator;
import dev.crossfade.Side;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.internal.site.Bookkeeping.Instance;
import dev.crossfade.jdbc.internal.site.Site;
import dev.crossfade.jdbc.internal.sql.FenceRow;
import dev.crossfade.jdbc.internal.sql.Role;
import dev.crossfade.spi.FailureSummary;
import dev.crossfade.spi.FenceView;
import dev.crossfade.spi.Platform;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the databases themselves have to say against a move. */
public final class Objections {
    /** An instance that has not been heard of for so long counts as gone. */
    static final Duration ALIVE = Duration.ofSeconds(10);

    /** Instances look at the fence once a second, and purge as often; so long they are given to catch up. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

    private final Platform platform;
    private final Site legacy;
    private final Site next;
    private final Handover handover;
    private final IdAlignment ids;
    private final Supplier<List<String>> againstDualWrite;
    private final OlderTransactions older;
    private final Platform.Signal pause;

    /**
     * @param againstDualWrite what else speaks against a stage in which both databases are written
     * @param patience         how long transactions that are older than the entry are given to end
     */
    public Objections(
            Platform platform,
            Site legacy,
            Site next,
            Handover handover,
            IdAlignment ids,
            Supplier<List<String>> againstDualWrite,
            Duration patience) {
        this.platform = platform;
        this.handover = handover;
        this.older = new OlderTransactions(platform, patience);
        this.legacy = legacy;
        this.next = next;
        this.ids = ids;
        this.againstDualWrite = againstDualWrite;
        this.pause = platform.newSignal();
    }

    /** All of them; empty if there is none. */
    List<String> against(FenceView seen, Rows rows, Stage to, Operator operator) {
        List<String> reasons = new ArrayList<>();
        Side primary = seen.stage().primary();
        if (rows.isSplit()) {
            reasons.add("both databases say that they are primary; decide which one is true first");
        }
        if (to.isDualWrite()) {
            addSecondary(rows.of(primary.other()), site(primary.other()), reasons);
            reasons.addAll(againstDualWrite.get());
        }
        if (seen.stage().isDualWrite() && isHalfRaised(rows.of(primary), rows.of(primary.other()))) {
            reasons.add("the fence of " + site(primary.other()).name()
                    + " is ahead of the primary's, so that nothing crosses: "
                    + "a raise of the generation was not finished, or the primary was restored; call "
                    + "recovery().raiseGeneration(..), again if need be");
        }
        // A database that has not answered is not asked again: each question may cost the whole patience of its pool.
        if (to.primary() != primary && rows.knowsBoth()) {
            reasons.addAll(ids.objections(site(primary), site(to.primary())));
        }
        for (Side side : Side.values()) {
            if (rows.of(side) != null) {
                reasons.addAll(others(site(side)));
            }
        }
        try {
            addInstances(seen, rows, to, reasons);
            if (seen.stage() == Stage.LEGACY_ONLY) {
                addEntry(operator, reasons);
            }
        } catch (SQLException failure) {
            reasons.add(site(primary).name() + " cannot be asked about old keys (" + FailureSummary.of(failure)
                    + "); wait until that database answers");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            reasons.add("the thread that asked was interrupted");
        }
        return reasons;
    }

    private List<String> others(Site site) {
        return handover.others(site).stream()
                .map(move -> move + ", and one handover at a time is made in a database; wait for its end")
                .toList();
    }

    private void addEntry(Operator operator, List<String> reasons) throws SQLException, InterruptedException {
        if (!holdsSoon(() -> legacy.own((connection, tables) -> tables.ledger().isSettled(connection)))) {
            reasons.add("the ledger of " + legacy.name()
                    + " still holds keys of the last dual write, which are being forgotten; wait until they are");
        }
        if (!operator.confirmsOnlyWriter()) {
            reasons.add("instances without the library are not seen from here; ask with "
                    + "operator.confirmingOnlyWriter() once none of them writes any more");
        } else if (reasons.isEmpty()) {
            // The longest wait, and worth it only if nothing else stands in the way.
            reasons.addAll(older.against(legacy));
        }
    }

    private Site site(Side side) {
        return side == Side.LEGACY ? legacy : next;
    }

    private static void addSecondary(@Nullable FenceRow row, Site site, List<String> reasons) {
        if (row == null) {
            reasons.add(silent(site));
        } else if (row.role() != Role.SECONDARY && row.role() != Role.PREPARED) {
            reasons.add("the fence of " + site.name() + " says " + row.role() + " where SECONDARY is expected");
        }
    }

    private static String silent(Site site) {
        return "the fence of " + site.name() + " cannot be read; wait until that database answers";
    }

    /** The secondary is raised first. At the entry it may be ahead of the primary for good: of one that was given up. */
    private static boolean isHalfRaised(@Nullable FenceRow primary, @Nullable FenceRow secondary) {
        return primary != null
                && secondary != null
                && (secondary.epoch() > primary.epoch() || secondary.generation() > primary.generation());
    }

    /** Every live instance has to know the present stage, so that never more than two neighbouring ones are in use. */
    private void addInstances(FenceView seen, Rows rows, Stage to, List<String> reasons)
            throws SQLException, InterruptedException {
        Side primary = seen.stage().primary();
        List<Site> asked = new ArrayList<>();
        for (Side side : Side.values()) {
            String unanswered = rows.of(side) == null ? silent(site(side)) : unanswered(site(side));
            if (unanswered.isEmpty()) {
                asked.add(site(side));
            } else if ((side == primary || to.isDualWrite()) && !reasons.contains(unanswered)) {
                reasons.add(unanswered);
            }
            // Else the dual write is left, perhaps because the secondary is lost.
        }
        if (!holdsSoon(() -> late(seen, asked).isEmpty())) {
            for (Instance instance : late(seen, asked)) {
                reasons.add("instance " + instance.id() + " (" + instance.description() + ") still goes by epoch "
                        + instance.epoch() + "; wait until it has seen epoch " + seen.epoch()
                        + ", or until it has been silent for " + ALIVE.toSeconds() + " s");
            }
        }
    }

    /** Asks a database until it says yes or the patience is over. */
    private boolean holdsSoon(Question question) throws SQLException, InterruptedException {
        long deadline = platform.nanoTime() + PATIENCE.toNanos();
        while (!question.holds()) {
            if (platform.nanoTime() - deadline >= 0) {
                return false;
            }
            pause.await(() -> false, LOOK_AGAIN);
        }
        return true;
    }

    @FunctionalInterface
    private interface Question {
        boolean holds() throws SQLException;
    }

    /** What to say if a site cannot be asked about instances; empty if it can. */
    private static String unanswered(Site site) {
        try {
            alive(site);
            return "";
        } catch (SQLException failure) {
            return site.name() + " cannot be asked about instances (" + FailureSummary.of(failure)
                    + "); wait until that database answers";
        }
    }

    /** An instance beats where it believes the primary to be: one that reaches only the old primary beats there alone. */
    private static List<Instance> late(FenceView seen, List<Site> sites) throws SQLException {
        Map<String, Instance> latest = new HashMap<>();
        for (Site site : sites) {
            alive(site)
                    .forEach(instance -> latest.merge(
                            instance.id(), instance, (one, other) -> one.epoch() >= other.epoch() ? one : other));
        }
        return latest.values().stream()
                .filter(instance -> instance.epoch() < seen.epoch())
                .toList();
    }

    private static List<Instance> alive(Site site) throws SQLException {
        return site.own((connection, tables) -> tables.books().alive(connection, ALIVE));
    }
}
