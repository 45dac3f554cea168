package dev.crossfade.jdbc.internal.ledger;

import dev.crossfade.CommitOutcomeUnknownException;
import dev.crossfade.MigrationException;
import dev.crossfade.PhaseMovedException;
import dev.crossfade.RetryableWriteException;
import dev.crossfade.jdbc.internal.fence.JdbcFence;
import dev.crossfade.jdbc.internal.fence.Stripes;
import dev.crossfade.jdbc.internal.site.Site;
import dev.crossfade.jdbc.internal.sql.AmbiguousCommit;
import dev.crossfade.jdbc.internal.sql.LedgerTable;
import dev.crossfade.jdbc.internal.sql.SqlFailure;
import dev.crossfade.spi.Change;
import dev.crossfade.spi.FailureSummary;
import dev.crossfade.spi.Touch;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;

/** Puts the touched keys into the ledger within the transaction that has written them. */
final class Capture {
    private final String migration;
    private final JdbcFence fence;

    Capture(String migration, JdbcFence fence) {
        this.migration = migration;
        this.fence = fence;
    }

    /**
     * The last statement of a unit of work before its commit, and where it can the commit itself, in the transaction that this thread has open on the primary.
     *
     * @param epoch     at which the unit believes the site to be primary
     * @param untracked how many of its writes did not tell their key
     */
    void beforeCommit(Site primary, long epoch, Collection<Touch> touches, int untracked) throws SQLException {
        if (untracked > 0) {
            throw new MigrationException(
                    migration,
                    untracked + " writes of this transaction did not tell their key, so the ledger could not hold it. "
                            + "Nothing was written. Mark the key with @Key, or return the entities that were changed.");
        }
        try {
            boolean isPrimary = raise(primary, epoch, whatIsCertain(primary, touches));
            if (!isPrimary) {
                fence.refused(epoch);
                throw new PhaseMovedException(
                        migration,
                        primary.name() + " is no longer primary at epoch " + epoch
                                + ". Nothing was written. Try again.");
            }
        } catch (AmbiguousCommit unknown) {
            throw new CommitOutcomeUnknownException(migration, primary.name(), unknown.getCause());
        } catch (SQLException failure) {
            if (SqlFailure.isContention(failure)) {
                fence.refused(epoch);
                throw new RetryableWriteException(
                        migration,
                        "the database gave way to another transaction (" + FailureSummary.of(failure)
                                + "). Nothing was written. Try again.",
                        failure);
            }
            throw failure;
        }
    }

    private static boolean raise(Site primary, long epoch, List<Touch> touches) throws SQLException {
        Connection connection = primary.transactions().connection();
        LedgerTable ledger = primary.tables().ledger();
        int stripe = Stripes.ofThisThread();
        return primary.transactions().mayCommitHere()
                ? ledger.raiseBeforeCommit(connection, stripe, epoch, touches)
                : ledger.raise(connection, stripe, epoch, touches);
    }

    /** Of a transaction that was rolled back to a savepoint nobody knows which writes are left: only that keys may differ. */
    private static List<Touch> whatIsCertain(Site primary, Collection<Touch> touches) {
        return primary.transactions().isPartUndoneHere()
                ? touches.stream()
                        .map(touch -> new Touch(touch.key(), Change.MARKED))
                        .toList()
                : List.copyOf(touches);
    }
}
