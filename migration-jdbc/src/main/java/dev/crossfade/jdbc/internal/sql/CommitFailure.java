package dev.crossfade.jdbc.internal.sql;

import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a failed COMMIT says about its outcome. */
public final class CommitFailure {
    /**
     * Classes of SQLState that a database answers when it has looked at the transaction and refused it: deferred
     * constraints (23, 44) and triggers (P0, 22, 27, 38, 39), serialization and deadlock (40), a transaction that had
     * failed before (25).
     */
    private static final Set<String> REFUSED = Set.of("22", "23", "25", "27", "38", "39", "40", "44", "P0");

    /**
     * Further answers of PostgreSQL to a statement that was sent together with COMMIT, which it leaves out then. Whatever
     * PostgreSQL reports as an error of a transaction, and not as the end of the session, it reports before the commit.
     */
    private static final Set<String> REFUSED_BY_POSTGRESQL = Set.of("0A", "26", "34", "42", "53", "54", "55");

    private static final String QUERY_CANCELED = "57014";
    private static final String STATEMENT_COMPLETION_UNKNOWN = "40003";
    private static final String NO_ANSWER = "-----";
    private static final int MAX_CAUSES = 16;

    private CommitFailure() {}

    /** Whether the database surely rolled back. Everything not known to mean that leaves the outcome open. */
    public static boolean meansRolledBack(Throwable failure) {
        String state = stateOfAnswer(failure);
        return REFUSED.contains(state.substring(0, 2)) && !state.equals(STATEMENT_COMPLETION_UNKNOWN);
    }

    /** As {@link #meansRolledBack}, of a statement sent to PostgreSQL together with COMMIT. */
    static boolean meansRolledBackByPostgreSql(SQLException failure) {
        String state = stateOfAnswer(failure);
        return meansRolledBack(failure)
                || REFUSED_BY_POSTGRESQL.contains(state.substring(0, 2))
                || state.equals(QUERY_CANCELED);
    }

    private static String stateOfAnswer(Throwable failure) {
        String state =
                failure instanceof SQLException refusal && !lostTheConnection(failure) ? refusal.getSQLState() : null;
        return state == null || state.length() != 5 ? NO_ANSWER : state;
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
