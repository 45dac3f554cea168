package dev.crossfade.jdbc.internal.sql;

import dev.crossfade.spi.Change;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.Version;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The statements that write the ledger. Keys come distinct, sorted, at least one and at most a few hundred. */
interface LedgerSql {

    /** Raises the keys if the fence is at this epoch in a role that allows it; false if not, and nothing was written. */
    boolean raise(Connection connection, int stripe, long epoch, Cause cause, List<Encoded<Change>> keys)
            throws SQLException;

    /** Writes in one round trip with COMMIT, where this connection can do that; {@code null} where it cannot. */
    default @Nullable WithCommit withCommit(Connection connection) {
        return null;
    }

    /**
     * Raises the keys to these versions where they are behind, adding them to {@code behind}, if the fence is SECONDARY
     * at this epoch or an earlier one and of this generation or an earlier one; false if it is not, and then nothing was
     * written.
     */
    boolean raiseTo(
            Connection connection,
            int stripe,
            long epoch,
            long generation,
            List<Encoded<Applied>> versions,
            Set<EntityKey> behind)
            throws SQLException;

    /**
     * Notes that the other side has these versions; leaves rows alone that a writer has locked. A key that has moved on
     * counts as pending since the versions were read.
     *
     * @param ago    how long ago they were read, in microseconds
     * @param missed takes the keys of which nothing was noted, because their row is locked
     */
    void acknowledge(Connection connection, List<Encoded<Version>> versions, long ago, Set<EntityKey> missed)
            throws SQLException;

    /**
     * Inserts or updates a failure with the parameters migration, side, entity, key, generation, counter, reason.
     */
    String upsertFailure();

    /**
     * What a transaction does last, sent together with COMMIT. The database leaves the COMMIT out if it refuses what comes
     * before it. The driver knows afterwards that the transaction has ended; its {@code commit()} does nothing then.
     */
    interface WithCommit {
        /**
         * Commits if the fence is PRIMARY at this epoch; false if it is not: the transaction has failed and is to be rolled
         * back.
         *
         * @throws AmbiguousCommit if it is not known whether the transaction was committed
         * @throws SQLException if it was not
         */
        boolean check(int stripe, long epoch) throws SQLException;

        /** As {@link #check}, and raises the keys as a write does. */
        boolean raise(int stripe, long epoch, List<Encoded<Change>> touches) throws SQLException;
    }
}
