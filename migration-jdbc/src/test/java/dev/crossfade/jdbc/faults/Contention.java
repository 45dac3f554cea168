package dev.crossfade.jdbc.faults;

import dev.crossfade.RetryableWriteException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Tells whether a transaction failed because it met another one. */
final class Contention {
    private static final int MARIADB_DEADLOCK = 1213;
    private static final int MARIADB_LOCK_TIMEOUT = 1205;
    private static final int H2_DEADLOCK = 40001;
    private static final int H2_LOCK_TIMEOUT = 50200;

    private Contention() {}

    static boolean isCauseOf(Throwable failure) {
        @Nullable Throwable cause = failure;
        while (cause != null) {
            if (cause instanceof RetryableWriteException || (cause instanceof SQLException sql && is(sql))) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    private static boolean is(SQLException sql) {
        String state = sql.getSQLState();
        return (state != null && state.startsWith("40"))
                || sql.getErrorCode() == MARIADB_DEADLOCK
                || sql.getErrorCode() == MARIADB_LOCK_TIMEOUT
                || sql.getErrorCode() == H2_DEADLOCK
                || sql.getErrorCode() == H2_LOCK_TIMEOUT;
    }
}
