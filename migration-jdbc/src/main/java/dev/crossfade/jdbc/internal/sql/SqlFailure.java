package dev.crossfade.jdbc.internal.sql;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Tells failures apart by SQLState and vendor code, never by message. */
public final class SqlFailure {
    /** So many linked exceptions are looked at. */
    private static final int MAX_LINKS = 16;

    private static final int H2_GENERAL_ERROR = 50000;

    private SqlFailure() {}

    /**
     * Whether the statement or transaction lost against another one and may simply be tried again: deadlock,
     * serialization failure, lock time-out, or a row that changed after the transaction's snapshot.
     */
    public static boolean isContention(Throwable failure) {
        SQLException sql = sqlOf(failure);
        for (int i = 0; sql != null && i < MAX_LINKS; i++, sql = sql.getNextException()) {
            if (isContention(sql)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a lock was not granted within the time that the statement may wait. Always contention, too. */
    public static boolean isLockTimeout(Throwable failure) {
        SQLException sql = sqlOf(failure);
        for (int i = 0; sql != null && i < MAX_LINKS; i++, sql = sql.getNextException()) {
            if (isLockTimeout(sql)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isContention(SQLException sql) {
        String state = sql.getSQLState();
        return "40001".equals(state)
                || "40P01".equals(state)
                || sql.getErrorCode() == 1213
                || sql.getErrorCode() == 1020
                || sql.getErrorCode() == 90131
                || isLockTimeout(sql);
    }

    private static boolean isLockTimeout(SQLException sql) {
        return "55P03".equals(sql.getSQLState()) || sql.getErrorCode() == 1205 || sql.getErrorCode() == 50200;
    }

    /** Whether a row of the same unique key is there already. */
    public static boolean isDuplicate(SQLException sql) {
        return "23505".equals(sql.getSQLState()) || sql.getErrorCode() == 1062;
    }

    /**
     * Whether another session may have created the same table or index between the check of {@code IF NOT EXISTS} and the
     * creation: H2 locks after the check, and then fails with its general error. What was created first is whole.
     */
    static boolean mayBeCreatedMeanwhile(SQLException sql) {
        return sql.getErrorCode() == H2_GENERAL_ERROR;
    }

    /** Whether a table is not there. */
    public static boolean isMissingTable(SQLException sql) {
        String state = sql.getSQLState();
        return state != null && (state.equals("42P01") || state.startsWith("42S0"));
    }

    private static @Nullable SQLException sqlOf(Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; cause != null && i < MAX_LINKS; i++, cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return sql;
            }
        }
        return null;
    }
}
