package dev.crossfade.jdbc;

import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a failed COMMIT says about its outcome. */
final class CommitFailure {
    /**
     * Classes of SQLState that a database answers when it has looked at the transaction and refused it: deferred
     * constraints (23, 44) and triggers (P0, 22, 27, 38, 39), serialization and deadlock (40), a transaction that had
     * failed before (25).
     */
    private static final Set<String> REFUSED = Set.of("22", "23", "25", "27", "38", "39", "40", "44", "P0");

    private static final String STATEMENT_COMPLETION_UNKNOWN = "40003";
    private static final int MAX_CAUSES = 16;

    private CommitFailure() {}

    /** Whether the database surely rolled back. Everything not known to mean that leaves the outcome open. */
    static boolean meansRolledBack(Throwable failure) {
        if (!(failure instanceof SQLException refusal) || lostTheConnection(failure)) {
            return false;
        }
        String state = refusal.getSQLState();
        return state != null
                && state.length() == 5
                && REFUSED.contains(state.substring(0, 2))
                && !state.equals(STATEMENT_COMPLETION_UNKNOWN);
    }

    private static boolean lostTheConnection(Throwable failure) {
        @Nullable Throwable cause = failure;
        for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++, cause = cause.getCause()) {
            if (cause instanceof IOException
                    || cause instanceof SQLRecoverableException
                    || cause instanceof SQLTransientConnectionException
                    || cause instanceof SQLNonTransientConnectionException
                    || cause instanceof SQLTimeoutException) {
                return true;
            }
        }
        return false;
    }
}
