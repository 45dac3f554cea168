package dev.crossfade.internal.view;

import dev.crossfade.MigrationException;
import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransactionRollbackException;
import java.sql.SQLTransientConnectionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Whether a failure says something about the row or about the store. */
public enum FailureKind {
    /** The store could not be reached or did not answer in time: every key would fare the same. */
    UNREACHABLE,
    /** The store gave way to another transaction: trying again helps. */
    CONTENTION,
    /** The store refused this row. */
    REFUSED;

    private static final int MAX_CAUSES = 16;

    /** MySQL and MariaDB say 23000 for every violation; their code is more precise. */
    private static final int MYSQL_DUPLICATE = 1062;

    /** The kind of a failure. Never throws, whatever the exception's own methods do. */
    public static FailureKind of(Throwable failure) {
        try {
            return ofChain(failure);
        } catch (RuntimeException | StackOverflowError foreignCode) {
            return REFUSED;
        }
    }

    /** Whether the row was refused because another one holds a value that must be unique. Never throws. */
    public static boolean isDuplicate(Throwable failure) {
        try {
            Throwable cause = failure;
            for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++, cause = cause.getCause()) {
                if (cause instanceof SQLException sql
                        && ("23505".equals(sql.getSQLState()) || sql.getErrorCode() == MYSQL_DUPLICATE)) {
                    return true;
                }
            }
            return false;
        } catch (RuntimeException | StackOverflowError foreignCode) {
            return false;
        }
    }

    /**
     * Whether a statement does not suit the tables, or may not be run by this user: every row would fare the same, and trying
     * again does not help. Never throws.
     */
    public static boolean isOfSchema(Throwable failure) {
        try {
            Throwable cause = failure;
            for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++, cause = cause.getCause()) {
                if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                    String state = sql.getSQLState();
                    // Of 42000 MariaDB has all sorts, some by row; by 0A000 PostgreSQL had planned for other columns.
                    return (state.startsWith("42") && !state.equals("42000")) || state.equals("0A000");
                }
            }
            return false;
        } catch (RuntimeException | StackOverflowError foreignCode) {
            return false;
        }
    }

    /** Whether a database that answers has refused something, and Crossfade has not judged it yet. Never throws. */
    public static boolean isAnswerOfDatabase(Throwable failure) {
        try {
            Throwable cause = failure;
            for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++, cause = cause.getCause()) {
                if (cause instanceof MigrationException) {
                    return false;
                }
                if (cause instanceof SQLException) {
                    return ofChain(cause) != UNREACHABLE;
                }
            }
            return false;
        } catch (RuntimeException | StackOverflowError foreignCode) {
            return false;
        }
    }

    private static FailureKind ofChain(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++, cause = cause.getCause()) {
            FailureKind kind = ofOne(cause);
            if (kind != null) {
                return kind;
            }
        }
        return REFUSED;
    }

    private static @Nullable FailureKind ofOne(Throwable failure) {
        if (failure instanceof SQLTransientConnectionException
                || failure instanceof SQLNonTransientConnectionException
                || failure instanceof SQLRecoverableException
                || failure instanceof SQLTimeoutException
                || failure instanceof IOException
                || failure instanceof TimeoutException
                || failure instanceof InterruptedException) {
            return UNREACHABLE;
        }
        if (failure instanceof SQLTransactionRollbackException) {
            return CONTENTION;
        }
        if (failure instanceof SQLException sql && sql.getSQLState() != null) {
            String state = sql.getSQLState();
            // Class 08 is a lost connection, 57 a server that goes down or cancels, 53 one that is short of something,
            // HYT a time-out, 40 a transaction that was rolled back.
            return state.startsWith("08") || state.startsWith("57") || state.startsWith("53") || state.startsWith("HYT")
                    ? UNREACHABLE
                    : state.startsWith("40") ? CONTENTION : REFUSED;
        }
        return null;
    }
}
