package dev.crossfade;

import dev.crossfade.backfill.BackfillStatus;
import dev.crossfade.control.Stage;
import dev.crossfade.reconcile.ReconciliationStatus;
import dev.crossfade.spi.LedgerStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a migration stands at one moment. Counts are totals since {@code build()}.
 *
 * @param migration        the migration's name
 * @param stage            the stage
 * @param primary          the side whose commit makes a write true
 * @param epoch            raised by every move
 * @param moving           whether the primary is about to move and new writes wait
 * @param stageKnown       whether the fence knows the stage; if not, writes are refused
 * @param readNewPercent   share of routable reads that the new side answers, 0 to 100, as in force now
 * @param shadowPercent    share of reads followed by a shadow read, 0 to 100, as in force now
 * @param readsToPrimary   whether the kill switch is on
 * @param settingsProblem  why the control's latest input was not accepted; {@code null} if it was
 * @param settingsRejected inputs not accepted
 * @param ledger           dirty and parked keys, lag
 * @param copied           by entity, whether the old rows are declared copied
 * @param backfills        how the backfills stand that this instance has started or asked about
 * @param reconciliations  how the reconciliations stand, likewise
 * @param reconciledWithin how old the last full and clean reconciliation may be when the primary moves to the new store;
 *                         {@code null} if none is required
 * @param reads            reads answered, by side
 * @param writes           writes done, by side
 * @param fallbacks        reads that the primary answered because the secondary failed or lacked the row
 * @param shadowReads      shadow reads by outcome
 * @param mismatchRates    by entity, over the current window
 * @param lastDifferences  fields that differed lately, newest first
 * @param viewAge          how long ago the view that routes calls was made
 */
public record MigrationStatus(
        String migration,
        Stage stage,
        Side primary,
        long epoch,
        boolean moving,
        boolean stageKnown,
        double readNewPercent,
        double shadowPercent,
        boolean readsToPrimary,
        @Nullable String settingsProblem,
        long settingsRejected,
        LedgerStatus ledger,
        Map<String, Boolean> copied,
        List<BackfillStatus> backfills,
        List<ReconciliationStatus> reconciliations,
        @Nullable Duration reconciledWithin,
        Map<Side, Long> reads,
        Map<Side, Long> writes,
        long fallbacks,
        ShadowReadCounts shadowReads,
        Map<String, MismatchRate> mismatchRates,
        List<SeenDifference> lastDifferences,
        Duration viewAge) {

    public MigrationStatus {
        copied = Map.copyOf(copied);
        backfills = List.copyOf(backfills);
        reconciliations = List.copyOf(reconciliations);
        reads = Map.copyOf(reads);
        writes = Map.copyOf(writes);
        mismatchRates = Map.copyOf(mismatchRates);
        lastDifferences = List.copyOf(lastDifferences);
    }

    /**
     * Shadow reads by outcome.
     *
     * @param matched         both sides were equal
     * @param mismatched      the difference survived reading both sides again
     * @param lagging         they differed while the secondary was behind
     * @param primaryFailed   the primary failed when it was read again
     * @param secondaryFailed the secondary failed
     * @param skipped         not compared: queue full, too late, breaker open, too large, not comparable
     */
    public record ShadowReadCounts(
            long matched, long mismatched, long lagging, long primaryFailed, long secondaryFailed, long skipped) {}

    /**
     * How often compared reads of an entity differed.
     *
     * @param compared   matches and mismatches in the window
     * @param mismatched mismatches in the window
     * @param upperBound upper end of the 95 % confidence interval of the rate, 0 to 1; 1 without a comparison
     * @param sufficient whether enough was compared to draw a conclusion
     */
    public record MismatchRate(long compared, long mismatched, double upperBound, boolean sufficient) {}

    /**
     * A field that differed.
     *
     * @param entity    the entity
     * @param operation the read that showed it
     * @param field     the field's path, without keys
     * @param kind      the class of difference
     * @param count     how often
     */
    public record SeenDifference(String entity, String operation, String field, String kind, long count) {}
}
