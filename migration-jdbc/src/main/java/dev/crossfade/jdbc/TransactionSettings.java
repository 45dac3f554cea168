package dev.crossfade.jdbc;

import java.sql.Connection;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a transaction is opened.
 *
 * @param isolation an isolation level of {@link Connection}; {@link Connection#TRANSACTION_NONE} leaves what the pool gives
 * @param limits    how long its statements may take; {@code null} leaves what the pool gives
 * @param readOnly  whether the database is told that it only reads
 */
public record TransactionSettings(int isolation, @Nullable Limits limits, boolean readOnly) {
    /** Everything as the pool gives it. */
    public static final TransactionSettings OF_THE_POOL = new TransactionSettings(Connection.TRANSACTION_NONE, null);

    /** Of a transaction that may write. */
    public TransactionSettings(int isolation, @Nullable Limits limits) {
        this(isolation, limits, false);
    }

    public TransactionSettings {
        switch (isolation) {
            case Connection.TRANSACTION_NONE,
                    Connection.TRANSACTION_READ_UNCOMMITTED,
                    Connection.TRANSACTION_READ_COMMITTED,
                    Connection.TRANSACTION_REPEATABLE_READ,
                    Connection.TRANSACTION_SERIALIZABLE -> {}
            default ->
                throw new IllegalArgumentException("Isolation level " + isolation
                        + " is unknown; choose a TRANSACTION_ constant of java.sql.Connection");
        }
    }

    /**
     * Time limits of a transaction.
     *
     * @param statement for one statement, at least 1 ms; an answer that is {@value #GRACE_SECONDS} s later than that,
     *     to COMMIT too, means that the connection is dead
     * @param lock      for one lock, at least 1 ms; MariaDB and MySQL round it up to seconds. {@code null} if the database
     *     is told neither limit, which spares the round trips: only answers are waited for no longer then
     */
    public record Limits(Duration statement, @Nullable Duration lock) {
        static final int GRACE_SECONDS = 2;

        public Limits {
            requireMillis("statement", statement);
            if (lock != null) {
                requireMillis("lock", lock);
            }
        }

        private static void requireMillis(String what, Duration limit) {
            if (Objects.requireNonNull(limit, what).toMillis() < 1 || limit.compareTo(Duration.ofDays(1)) > 0) {
                throw new IllegalArgumentException(
                        "The limit of a " + what + " is " + limit + "; choose 1 ms to 1 day");
            }
        }
    }
}
