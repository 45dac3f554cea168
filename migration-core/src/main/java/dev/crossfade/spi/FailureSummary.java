package dev.crossfade.spi;

import java.sql.SQLException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What may be told about a failure: its class and, where a database took part, the SQLState. Messages stay out, for
 * drivers put row values into them.
 *
 * @param type     the binary name of the exception's class
 * @param sqlState the SQLState of the first {@link SQLException} in the cause chain that has one, or {@code null}
 */
public record FailureSummary(String type, @Nullable String sqlState) {

    /** So many causes are looked at; a chain may be longer, or run in a circle. */
    private static final int MAX_CAUSES = 32;

    public FailureSummary {
        Objects.requireNonNull(type, "type");
    }

    /** Summarises a failure. Never throws, whatever the exception's own methods do. */
    public static FailureSummary of(Throwable failure) {
        return new FailureSummary(failure.getClass().getName(), sqlStateOf(failure));
    }

    private static @Nullable String sqlStateOf(Throwable failure) {
        try {
            Throwable cause = failure;
            for (int i = 0; cause != null && i < MAX_CAUSES; i++, cause = cause.getCause()) {
                if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                    return sql.getSQLState();
                }
            }
            return null;
        } catch (RuntimeException | StackOverflowError foreignCode) {
            return null;
        }
    }

    /** As a log line shows it: the class and, where there is one, the SQLState. */
    @Override
    public String toString() {
        return sqlState == null ? type : type + " (SQLState " + sqlState + ")";
    }
}
